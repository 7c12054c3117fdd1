package e2e

import (
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// TestFields has an administrator make a field with a condition, which a
// customer then meets in the form, on a desk's browser, on a phone, and without
// scripts.
func TestFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	makeField(t, w)
	t.Run("the form follows what is chosen", func(t *testing.T) {
		t.Parallel()
		fieldsLive(t, w)
	})
	t.Run("without scripts every field is there with its condition", func(t *testing.T) {
		t.Parallel()
		fieldsPlain(t, w)
	})
	t.Run("the settings work on a phone, without scripts", func(t *testing.T) {
		t.Parallel()
		fieldSettingsPlain(t, w)
	})
}

// makeField adds "Damage" to technical support, shown when the type is a fault.
func makeField(t *testing.T, w world) {
	t.Helper()
	b := w.browser(t, admin, testkit.Desktop)
	b.Open(link.Fields)
	b.Axe()
	b.Follow("main a|New field")
	b.Axe()
	b.Follow("main a|List One of the choices")
	b.Fill(`[name="label.en"]`, "Damage")
	b.Fill(`[name="option.0.label.en"]`, "Does not start")
	b.Fill(`[name="option.1.label.en"]`, "Port broken")
	b.SelectText(`[name="condition.0.on"]`, "Type")
	b.Await("#condition\\.0 label|Hardware fault or repair")
	b.Click("#condition\\.0 label|Hardware fault or repair")
	b.Axe()
	b.Follow("main form button.btn--primary|Save")
	b.See("The field is added")
	cell := `select[aria-label="Damage in Technical support"]`
	b.SelectText(cell, "Required")
	b.Await("[role=status]|Changed fields, not saved yet: 1")
	b.Axe()
	b.Follow("button|Save changes")
	b.AwaitValue(cell, "required")
	b.Follow("a|Ticket page")
	b.SelectText(cell, "Editable")
	b.Follow("button|Save changes")
	b.Follow("main a|Preview")
	b.SelectText("[name=topic]", "Technical support")
	b.Follow("main button|Show")
	b.Axe()
	b.AwaitGone(`[name="field.damage"]`)
	b.SelectText(`[name="field.type"]`, "Hardware fault or repair")
	b.Await(`[name="field.damage"]`)
	b.Open(link.Topics)
	b.Axe()
	b.Follow("main a|Technical support")
	b.Axe()
}

func fieldsLive(t *testing.T, w world) {
	t.Helper()
	b := w.browser(t, customer, testkit.Phone)
	b.Open(link.NewTicket)
	b.SelectText("[name=topic]", "Technical support")
	b.Await(`[name="field.type"]`)
	b.See("Recommended: name the article number", "Description")
	b.AwaitGone(`[name="field.damage"]`)
	b.SelectText(`[name="field.type"]`, "Hardware fault or repair")
	b.Await(`[name="field.damage"]`)
	b.Fits()
	b.Axe()
	b.Fill(`[name="field.order_number"]`, "0000012345")

	// What was typed for another topic is there again on the way back.
	b.SelectText("[name=topic]", "IT support")
	b.AwaitGone(`[name="field.type"]`)
	b.SelectText(`[name="field.brand"]`, "SNR")
	b.SelectText("[name=topic]", "Technical support")
	b.Await(`[name="field.damage"]`)
	b.AwaitValue(`[name="field.order_number"]`, "0000012345")

	b.Fill("[name=subject]", "SNR-S2962-24T does not start")
	b.Click(".rich")
	b.Type("The lamps stay dark.")
	b.FollowStatus("main button|Create ticket", 422)
	b.See("Damage: Choose")
	b.Await(".rich|The lamps stay dark.")
	b.SelectText(`[name="field.damage"]`, "Does not start")
	b.Follow("main button|Create ticket")
	b.Follow("main a|Open ticket")
	b.See("Damage", "Does not start", "0000012345")
}

func fieldsPlain(t *testing.T, w world) {
	t.Helper()
	look := testkit.Desktop
	look.NoScript = true
	b := w.browser(t, stranger, look)
	b.Open(link.NewTicket)
	b.Fill("[name=message]", "The lamps stay dark.")
	b.SelectText("[name=topic]", "Technical support")
	b.Follow("button|Update fields")
	b.See("Only if “Type” is Hardware fault or repair.")
	b.AwaitValue("[name=message]", "The lamps stay dark.")
	b.SelectText(`[name="field.damage"]`, "Port broken")
	b.SelectText("[name=topic]", "Billing")
	b.Follow("button|Update fields")
	b.SelectText("[name=topic]", "Technical support")
	b.Follow("button|Update fields")
	b.SelectText(`[name="field.type"]`, "Help with setup")
	b.Fill("[name=subject]", "How do I set a port?")
	b.Axe()
	b.Follow("main button|Create ticket")
	b.Follow("main a|Open ticket")
	b.See("Help with setup")
	b.SeeNot("Port broken") // its condition does not hold
}

func fieldSettingsPlain(t *testing.T, w world) {
	t.Helper()
	look := testkit.PhoneDark
	look.NoScript = true
	b := w.browser(t, admin, look)
	for _, path := range []string{
		link.Fields, link.Topics, link.NewTopic, link.Topic(1), link.Field("damage"), link.Query(link.NewField, "kind", "text"), link.Query(link.FieldPreview, "topic", "3"),
	} {
		b.Open(path)
		b.Fits()
		b.Axe()
	}
	b.Open(link.Field("order_year"))
	b.SelectText(`[name="condition.0.on"]`, "Type")
	b.Follow("button|Offer the values")
	b.Click("#condition\\.0 label|Firmware update")
	b.Follow("main form button.btn--primary|Save")
	b.See("The field is saved")
	b.Open(link.Field("order_year"))
	if got := b.Each(`[name="condition.0.values"]:checked`, "e.value"); len(got) != 1 || got[0] != "firmware" {
		t.Errorf("the condition looks for %v", got)
	}
}
