-- +goose Up
-- A contact's domain decides which company they may be linked to (C2).
CREATE INDEX identities_domain ON identities (split_part(value, '@', 2), person_id) WHERE kind = 'email';

-- Pages that edit these hold on to the version they showed.
ALTER TABLE calendars ADD COLUMN version int NOT NULL DEFAULT 1;
ALTER TABLE roles ADD COLUMN version int NOT NULL DEFAULT 1;

-- The help topics an empty help desk begins with.
INSERT INTO topics (key, name, position, preset, priority) VALUES
    ('it_support', '{"en": "IT support", "ru": "ИТ-поддержка"}', 1, true, 2),
    ('crm_support', '{"en": "CRM support", "ru": "Поддержка CRM"}', 2, false, 2),
    ('technical_support', '{"en": "Technical support", "ru": "Техническая поддержка"}', 3, false, 2),
    ('billing', '{"en": "Billing", "ru": "Счета и оплата"}', 4, false, 2);

INSERT INTO field_definitions (key, kind, label, hint, options) VALUES
    ('brand', 'select', '{"en": "Brand", "ru": "Бренд"}', '{}',
     '[{"value": "halden", "label": {"en": "Halden", "ru": "Halden"}}, {"value": "snr", "label": {"en": "SNR", "ru": "SNR"}},
       {"value": "other", "label": {"en": "Another brand", "ru": "Другой бренд"}}]'),
    ('issue', 'select', '{"en": "Issue", "ru": "В чём проблема"}', '{}',
     '[{"value": "sign_in", "label": {"en": "I cannot sign in", "ru": "Не получается войти"}},
       {"value": "data", "label": {"en": "Data is wrong or missing", "ru": "Данные неверны или пропали"}},
       {"value": "import", "label": {"en": "Import or export", "ru": "Импорт или экспорт"}},
       {"value": "report", "label": {"en": "A report", "ru": "Отчёт"}},
       {"value": "other", "label": {"en": "Something else", "ru": "Другое"}}]'),
    ('type', 'select', '{"en": "Type", "ru": "Вид обращения"}', '{}',
     '[{"value": "setup", "label": {"en": "Help with setup", "ru": "Помощь в настройке"}},
       {"value": "firmware", "label": {"en": "Firmware update", "ru": "Обновление прошивки"}},
       {"value": "fault", "label": {"en": "Hardware fault or repair", "ru": "Неисправность или ремонт"}},
       {"value": "question", "label": {"en": "Question before buying", "ru": "Вопрос перед покупкой"}},
       {"value": "other", "label": {"en": "Something else", "ru": "Другое"}}]'),
    ('priority', 'priority', '{"en": "Priority", "ru": "Приоритет"}', '{}', '[]'),
    ('impact', 'select', '{"en": "Impact", "ru": "Масштаб"}', '{}',
     '[{"value": "one", "label": {"en": "One person or device", "ru": "Один человек или устройство"}},
       {"value": "site", "label": {"en": "A whole site", "ru": "Целая площадка"}},
       {"value": "everyone", "label": {"en": "Everyone", "ru": "Все"}}]'),
    ('product_family', 'select', '{"en": "Product family", "ru": "Линейка продуктов"}', '{}',
     '[{"value": "access", "label": {"en": "Access switches", "ru": "Коммутаторы доступа"}},
       {"value": "aggregation", "label": {"en": "Aggregation switches", "ru": "Коммутаторы агрегации"}},
       {"value": "routers", "label": {"en": "Routers", "ru": "Маршрутизаторы"}},
       {"value": "wireless", "label": {"en": "Wireless", "ru": "Беспроводное оборудование"}},
       {"value": "other", "label": {"en": "Something else", "ru": "Другое"}}]'),
    ('related_service', 'select', '{"en": "Related service", "ru": "Услуга"}', '{}',
     '[{"value": "extended_support", "label": {"en": "Extended support", "ru": "Расширенная поддержка"}},
       {"value": "repair", "label": {"en": "Repair", "ru": "Ремонт"}},
       {"value": "delivery", "label": {"en": "Delivery", "ru": "Доставка"}},
       {"value": "licence", "label": {"en": "Licence", "ru": "Лицензия"}}]'),
    ('invoice_number', 'text', '{"en": "Invoice number", "ru": "Счёт на оплату"}', '{}', '[]'),
    ('serial_numbers', 'serials', '{"en": "Serial numbers", "ru": "Серийные номера"}',
     '{"en": "Separate several numbers with a semicolon: 123;456;789", "ru": "Несколько номеров указывайте через точку с запятой: 123;456;789"}', '[]'),
    ('order_number', 'text', '{"en": "Customer order number", "ru": "Номер заказа покупателя"}', '{}', '[]'),
    ('order_year', 'number', '{"en": "Order year", "ru": "Год заказа"}', '{}', '[]');

INSERT INTO field_rules (topic_id, field_key, audience, rule, position)
SELECT t.id, r.field_key, 'customer', r.rule, r.position
FROM (VALUES
    ('it_support', 'brand', 'required', 1),
    ('crm_support', 'brand', 'required', 1),
    ('crm_support', 'issue', 'required', 2),
    ('technical_support', 'type', 'required', 1),
    ('technical_support', 'priority', 'required', 2),
    ('technical_support', 'serial_numbers', 'edit', 3),
    ('technical_support', 'invoice_number', 'edit', 4),
    ('technical_support', 'order_number', 'edit', 5),
    ('technical_support', 'order_year', 'edit', 6),
    ('billing', 'related_service', 'edit', 1),
    ('billing', 'priority', 'edit', 2)
) AS r (topic_key, field_key, rule, position)
JOIN topics t ON t.key = r.topic_key;

-- Agents may edit whatever a topic asks, and see the common fields of every topic.
INSERT INTO field_rules (topic_id, field_key, audience, rule, position)
SELECT topic_id, field_key, 'agent', 'edit', position FROM field_rules WHERE audience = 'customer'
UNION ALL
SELECT t.id, f.key, 'agent', 'edit', 10 + row_number() OVER (PARTITION BY t.id ORDER BY f.key)
FROM topics t CROSS JOIN field_definitions f
WHERE f.key IN ('impact', 'product_family')
  AND NOT EXISTS (SELECT FROM field_rules r WHERE r.topic_id = t.id AND r.field_key = f.key);

-- +goose Down
DELETE FROM field_rules;
DELETE FROM field_definitions;
DELETE FROM topics;
ALTER TABLE roles DROP COLUMN version;
ALTER TABLE calendars DROP COLUMN version;
DROP INDEX identities_domain;
