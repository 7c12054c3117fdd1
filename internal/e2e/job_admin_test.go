package e2e

import (
	"github.com/deskbell/deskbell/internal/link"
)

// linkCustomers lets the admin make the customer's company and link people to
// it: one by the domain of their address, one by an exception with a reason.
func (j *job) linkCustomers() {
	j.Helper()
	b := j.w.browser(j.T, admin, j.look)
	b.Follow(`nav a[href="` + link.Companies + `"]`)
	b.Axe()
	b.Follow(`main a[href="` + link.NewCompany + `"]`)
	b.Axe()
	b.FollowStatus("#company-form .btn--primary", 422)
	b.Axe()
	b.Fill("[name=name]", "ACME Networks")
	b.Fill("[name=domains]", "acme.test")
	b.Follow("#company-form .btn--primary")
	b.See("ACME Networks", "acme.test")
	b.Axe()
	card := b.Path()

	// The domain of the customer's address is the company's.
	b.Follow("main a|Link a contact")
	b.See("Ann Smith", "ann@acme.test")
	b.Axe()
	b.Click("label|Ann Smith")
	b.Follow("main form[method=post] .btn--primary")
	b.See("Ann Smith")

	// A foreign domain takes an exception with a reason.
	b.Open(card)
	b.Follow("main a|Link a contact")
	b.Fill("main [name=q]", "bob@elsewhere")
	if j.scripts() {
		b.Await("label|Bob Stone")
	} else {
		b.Follow("main form[role=search] button")
	}
	b.Click("label|Bob Stone")
	b.FollowStatus("main form[method=post] .btn--primary", 422)
	b.Axe()
	if !b.Has("label|Bob Stone") {
		j.Error("the page has forgotten who was to be linked")
	}
	b.Fill("[name=reason]", "Works for ACME from his own company.")
	b.Follow("main form[method=post] .btn--primary")
	b.See("Bob Stone", "Ann Smith")
	b.Axe()
	if got := one[string](j.T, j.w.db, "SELECT exception_reason FROM company_people WHERE exception_reason <> ''"); got != "Works for ACME from his own company." {
		j.Errorf("the reason kept is %q", got)
	}
	b.Open(link.Audit)
	b.Axe()
	b.Click("summary|7 values")
	b.See("Bob Stone", "Works for ACME from his own company.")
	b.Axe()
}
