-- +goose Up
-- Help topics say how their form is worded and whom they are offered to (T5, P14).
ALTER TABLE topics
    ADD COLUMN subject_hint  jsonb NOT NULL DEFAULT '{}', -- language -> words, as the others
    ADD COLUMN message_label jsonb NOT NULL DEFAULT '{}', -- empty: the catalogue's
    ADD COLUMN message_hint  jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN limited       boolean NOT NULL DEFAULT false, -- to the companies in topic_companies
    ADD COLUMN version       int NOT NULL DEFAULT 1;         -- of the topic and its field_rules

CREATE TABLE topic_companies (
    topic_id   bigint NOT NULL REFERENCES topics,
    company_id bigint NOT NULL REFERENCES companies,
    PRIMARY KEY (topic_id, company_id)
);
CREATE INDEX topic_companies_company ON topic_companies (company_id);

-- A choice in options may carry "retired": true, then only old tickets show it.
ALTER TABLE field_definitions
    ADD COLUMN position int NOT NULL DEFAULT 1000, -- the order of every form
    ADD COLUMN preset   text NOT NULL DEFAULT '',  -- what stands in a new form, as typed
    ADD COLUMN bounds   jsonb NOT NULL DEFAULT '{}', -- see setting.Bounds
    ADD COLUMN retired  boolean NOT NULL DEFAULT false,
    ADD COLUMN version  int NOT NULL DEFAULT 1;    -- of the field and its conditions

-- "Show" or "require" a field when another one has certain values.
CREATE TABLE field_conditions (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    field_key text NOT NULL REFERENCES field_definitions,
    topic_id  bigint REFERENCES topics, -- null: in every topic that has no condition of its own
    effect    text NOT NULL CHECK (effect IN ('show', 'require')),
    on_key    text NOT NULL REFERENCES field_definitions CHECK (on_key <> field_key),
    op        text NOT NULL CHECK (op IN ('is', 'is_not', 'filled', 'empty')),
    among     text[] NOT NULL DEFAULT '{}' -- the values that is and is_not mean
);
CREATE UNIQUE INDEX field_conditions_once ON field_conditions (field_key, effect, coalesce(topic_id, 0));
CREATE INDEX field_conditions_topic ON field_conditions (topic_id);
CREATE INDEX field_conditions_on ON field_conditions (on_key);

-- Customers meet a field in two places, each with its own rule: the form for a
-- new ticket and the ticket's page. Agents see and edit every field.
DELETE FROM field_rules WHERE audience = 'agent';
ALTER TABLE field_rules DROP CONSTRAINT field_rules_audience_check;
ALTER TABLE field_rules ADD CONSTRAINT field_rules_audience_check CHECK (audience IN ('customer', 'page'));
INSERT INTO field_rules (topic_id, field_key, audience, rule, position)
SELECT topic_id, field_key, 'page', rule, position FROM field_rules WHERE audience = 'customer';

UPDATE field_definitions d SET position = o.n
FROM unnest(ARRAY['brand', 'issue', 'type', 'related_service', 'priority', 'impact', 'product_family', 'invoice_number',
    'serial_numbers', 'order_number', 'order_year']) WITH ORDINALITY o (key, n)
WHERE d.key = o.key;

-- The shipped forms in every language.
UPDATE topics SET name = w.name || topics.name, subject_hint = w.subject_hint, message_label = w.message_label, message_hint = w.message_hint
FROM (VALUES
    ('it_support', '{"de": "IT-Support", "fr": "Support informatique", "es": "Soporte informático", "it": "Supporto IT"}'::jsonb,
     '{}'::jsonb, '{}'::jsonb, '{}'::jsonb),
    ('crm_support', '{"de": "CRM-Support", "fr": "Support CRM", "es": "Soporte CRM", "it": "Supporto CRM"}', '{}', '{}', '{}'),
    ('technical_support',
     '{"de": "Technischer Support", "fr": "Support technique", "es": "Soporte técnico", "it": "Supporto tecnico"}',
     '{"en": "What is it about? Recommended: name the article number, e.g. SNR-S2962-24T.",
       "ru": "О чём пойдёт речь в заявке. Рекомендуем указать артикул, например SNR-S2962-24T.",
       "de": "Worum geht es? Empfohlen: Nennen Sie die Artikelnummer, z. B. SNR-S2962-24T.",
       "fr": "De quoi s’agit-il ? Nous recommandons d’indiquer la référence de l’article, par exemple SNR-S2962-24T.",
       "es": "¿De qué se trata? Se recomienda indicar la referencia del artículo, por ejemplo SNR-S2962-24T.",
       "it": "Di che cosa si tratta? Consigliato: indicare il codice articolo, ad esempio SNR-S2962-24T."}',
     '{"en": "Description", "ru": "Описание", "de": "Beschreibung", "fr": "Description", "es": "Descripción", "it": "Descrizione"}',
     '{"en": "Describe the question or problem in detail. Attach log files, photos or a video.",
       "ru": "Опишите вопрос или проблему подробно, приложите лог-файлы, фото или видео.",
       "de": "Beschreiben Sie die Frage oder das Problem genau. Hängen Sie Protokolldateien, Fotos oder ein Video an.",
       "fr": "Décrivez la question ou le problème en détail. Joignez des journaux, des photos ou une vidéo.",
       "es": "Describa la pregunta o el problema con detalle. Adjunte archivos de registro, fotos o un vídeo.",
       "it": "Descrivete la domanda o il problema nei dettagli. Allegate file di log, foto o un video."}'),
    ('billing', '{"de": "Rechnungen und Zahlungen", "fr": "Factures et paiements", "es": "Facturas y pagos", "it": "Fatture e pagamenti"}', '{}', '{}', '{}')
) AS w (key, name, subject_hint, message_label, message_hint)
WHERE topics.key = w.key;

UPDATE field_definitions SET label = w.label, hint = w.hint, options = w.options, bounds = w.bounds
FROM (VALUES
    ('brand',
     '{"en": "Brand", "ru": "Бренд", "de": "Marke", "fr": "Marque", "es": "Marca", "it": "Marca"}'::jsonb, '{}'::jsonb,
     '[{"value": "halden", "label": {"en": "Halden"}}, {"value": "snr", "label": {"en": "SNR"}},
       {"value": "other", "label": {"en": "Another brand", "ru": "Другой бренд", "de": "Andere Marke", "fr": "Autre marque", "es": "Otra marca", "it": "Altra marca"}}]'::jsonb,
     '{}'::jsonb),
    ('issue',
     '{"en": "Issue", "ru": "В чём проблема", "de": "Anliegen", "fr": "Problème", "es": "Problema", "it": "Problema"}', '{}',
     '[{"value": "sign_in", "label": {"en": "I cannot sign in", "ru": "Не получается войти", "de": "Ich kann mich nicht anmelden", "fr": "Je ne peux pas me connecter", "es": "No puedo iniciar sesión", "it": "Non riesco ad accedere"}},
       {"value": "data", "label": {"en": "Data is wrong or missing", "ru": "Данные неверны или пропали", "de": "Daten sind falsch oder fehlen", "fr": "Données erronées ou manquantes", "es": "Datos incorrectos o que faltan", "it": "Dati errati o mancanti"}},
       {"value": "import", "label": {"en": "Import or export", "ru": "Импорт или экспорт", "de": "Import oder Export", "fr": "Import ou export", "es": "Importación o exportación", "it": "Importazione o esportazione"}},
       {"value": "report", "label": {"en": "A report", "ru": "Отчёт", "de": "Ein Bericht", "fr": "Un rapport", "es": "Un informe", "it": "Un report"}},
       {"value": "other", "label": {"en": "Something else", "ru": "Другое", "de": "Etwas anderes", "fr": "Autre chose", "es": "Otra cosa", "it": "Altro"}}]',
     '{}'),
    ('type',
     '{"en": "Type", "ru": "Тип заявки", "de": "Art der Anfrage", "fr": "Type de demande", "es": "Tipo de solicitud", "it": "Tipo di richiesta"}', '{}',
     '[{"value": "setup", "label": {"en": "Help with setup", "ru": "Помощь в настройке", "de": "Hilfe bei der Einrichtung", "fr": "Aide à la configuration", "es": "Ayuda con la configuración", "it": "Aiuto per la configurazione"}},
       {"value": "firmware", "label": {"en": "Firmware update", "ru": "Обновление прошивки", "de": "Firmware-Aktualisierung", "fr": "Mise à jour du micrologiciel", "es": "Actualización de firmware", "it": "Aggiornamento del firmware"}},
       {"value": "fault", "label": {"en": "Hardware fault or repair", "ru": "Неисправность или ремонт", "de": "Hardwarefehler oder Reparatur", "fr": "Panne matérielle ou réparation", "es": "Avería o reparación", "it": "Guasto o riparazione"}},
       {"value": "question", "label": {"en": "Question before buying", "ru": "Вопрос перед покупкой", "de": "Frage vor dem Kauf", "fr": "Question avant achat", "es": "Pregunta antes de comprar", "it": "Domanda prima dell’acquisto"}},
       {"value": "other", "label": {"en": "Something else", "ru": "Другое", "de": "Etwas anderes", "fr": "Autre chose", "es": "Otra cosa", "it": "Altro"}}]',
     '{}'),
    ('priority',
     '{"en": "Priority", "ru": "Приоритет", "de": "Priorität", "fr": "Priorité", "es": "Prioridad", "it": "Priorità"}', '{}', '[]', '{}'),
    ('impact',
     '{"en": "Impact", "ru": "Масштаб", "de": "Auswirkung", "fr": "Impact", "es": "Impacto", "it": "Impatto"}', '{}',
     '[{"value": "one", "label": {"en": "One person or device", "ru": "Один человек или устройство", "de": "Eine Person oder ein Gerät", "fr": "Une personne ou un appareil", "es": "Una persona o un dispositivo", "it": "Una persona o un dispositivo"}},
       {"value": "site", "label": {"en": "A whole site", "ru": "Целая площадка", "de": "Ein ganzer Standort", "fr": "Tout un site", "es": "Una sede entera", "it": "Un’intera sede"}},
       {"value": "everyone", "label": {"en": "Everyone", "ru": "Все", "de": "Alle", "fr": "Tout le monde", "es": "Todos", "it": "Tutti"}}]',
     '{}'),
    ('product_family',
     '{"en": "Product family", "ru": "Линейка продуктов", "de": "Produktfamilie", "fr": "Famille de produits", "es": "Familia de productos", "it": "Famiglia di prodotti"}', '{}',
     '[{"value": "access", "label": {"en": "Access switches", "ru": "Коммутаторы доступа", "de": "Access-Switches", "fr": "Commutateurs d’accès", "es": "Conmutadores de acceso", "it": "Switch di accesso"}},
       {"value": "aggregation", "label": {"en": "Aggregation switches", "ru": "Коммутаторы агрегации", "de": "Aggregation-Switches", "fr": "Commutateurs d’agrégation", "es": "Conmutadores de agregación", "it": "Switch di aggregazione"}},
       {"value": "routers", "label": {"en": "Routers", "ru": "Маршрутизаторы", "de": "Router", "fr": "Routeurs", "es": "Enrutadores", "it": "Router"}},
       {"value": "wireless", "label": {"en": "Wireless", "ru": "Беспроводное оборудование", "de": "WLAN", "fr": "Sans fil", "es": "Equipos inalámbricos", "it": "Wireless"}},
       {"value": "other", "label": {"en": "Something else", "ru": "Другое", "de": "Etwas anderes", "fr": "Autre chose", "es": "Otra cosa", "it": "Altro"}}]',
     '{}'),
    ('related_service',
     '{"en": "Related service", "ru": "Услуга", "de": "Betroffene Leistung", "fr": "Service concerné", "es": "Servicio relacionado", "it": "Servizio correlato"}',
     '{"en": "The service that the ticket is about.", "ru": "К какой услуге относится заявка.", "de": "Die Leistung, um die es geht.", "fr": "Le service dont il s’agit.", "es": "El servicio al que se refiere la solicitud.", "it": "Il servizio a cui si riferisce la richiesta."}',
     '[{"value": "extended_support", "label": {"en": "Extended support", "ru": "Расширенная поддержка", "de": "Erweiterter Support", "fr": "Support étendu", "es": "Soporte ampliado", "it": "Supporto esteso"}},
       {"value": "repair", "label": {"en": "Repair", "ru": "Ремонт", "de": "Reparatur", "fr": "Réparation", "es": "Reparación", "it": "Riparazione"}},
       {"value": "delivery", "label": {"en": "Delivery", "ru": "Доставка", "de": "Lieferung", "fr": "Livraison", "es": "Entrega", "it": "Consegna"}},
       {"value": "licence", "label": {"en": "Licence", "ru": "Лицензия", "de": "Lizenz", "fr": "Licence", "es": "Licencia", "it": "Licenza"}}]',
     '{}'),
    ('invoice_number',
     '{"en": "Invoice number", "ru": "Счёт на оплату", "de": "Rechnungsnummer", "fr": "Numéro de facture", "es": "Número de factura", "it": "Numero di fattura"}',
     '{"en": "If you have one.", "ru": "Номер счёта, при наличии.", "de": "Falls vorhanden.", "fr": "Si vous en avez un.", "es": "Si lo tiene.", "it": "Se disponibile."}', '[]', '{}'),
    ('serial_numbers',
     '{"en": "Serial numbers", "ru": "Серийные номера", "de": "Seriennummern", "fr": "Numéros de série", "es": "Números de serie", "it": "Numeri di serie"}',
     '{"en": "Separate several numbers with a semicolon: 123;456;789", "ru": "Несколько номеров указывайте через точку с запятой: 123;456;789",
       "de": "Mehrere Nummern mit Semikolon trennen: 123;456;789", "fr": "Séparez plusieurs numéros par un point-virgule : 123;456;789",
       "es": "Separe varios números con punto y coma: 123;456;789", "it": "Separate più numeri con un punto e virgola: 123;456;789"}', '[]', '{}'),
    ('order_number',
     '{"en": "Customer order number", "ru": "Номер заказа покупателя", "de": "Bestellnummer des Kunden", "fr": "Numéro de commande client", "es": "Número de pedido del cliente", "it": "Numero d’ordine del cliente"}',
     '{"en": "It shows us what was ordered, with the exact article numbers.", "ru": "Поможет увидеть состав заказа и точные артикулы.",
       "de": "Damit sehen wir, was bestellt wurde, mit den genauen Artikelnummern.", "fr": "Il nous montre ce qui a été commandé, avec les références exactes.",
       "es": "Nos muestra qué se pidió, con las referencias exactas.", "it": "Ci mostra che cosa è stato ordinato, con i codici articolo esatti."}', '[]', '{}'),
    ('order_year',
     '{"en": "Order year", "ru": "Год заказа", "de": "Bestelljahr", "fr": "Année de commande", "es": "Año del pedido", "it": "Anno dell’ordine"}', '{}', '[]',
     '{"min": "1990", "max": "2100"}')
) AS w (key, label, hint, options, bounds)
WHERE field_definitions.key = w.key;

-- +goose Down
DELETE FROM field_rules WHERE audience = 'page';
ALTER TABLE field_rules DROP CONSTRAINT field_rules_audience_check;
ALTER TABLE field_rules ADD CONSTRAINT field_rules_audience_check CHECK (audience IN ('customer', 'agent'));
DROP TABLE field_conditions, topic_companies;
ALTER TABLE field_definitions DROP COLUMN position, DROP COLUMN preset, DROP COLUMN bounds, DROP COLUMN retired, DROP COLUMN version;
ALTER TABLE topics DROP COLUMN subject_hint, DROP COLUMN message_label, DROP COLUMN message_hint, DROP COLUMN limited, DROP COLUMN version;
