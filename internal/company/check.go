package company

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/fault"
)

// Input is a card as typed.
type Input struct {
	Name, OtherNames, Site, Email, Phone string
	Domains                              string // separated by white space, commas or semicolons
	Watchers                             []int64
	ResponsibleID                        int64 // 0: nobody
	Address, INN, KPP, VAT               string
	Manager, Comment                     string
}

// Bounds of a card's texts, in runes.
const (
	maxLine    = 200
	maxText    = 5000
	maxDomains = 50
)

// Check returns the card as it is stored, and what is wrong with it by field:
// name, other_names, site, email, phone, domains, address, inn, kpp, vat,
// manager, comment. It asks no database: a taken domain shows when it is saved.
func (in Input) Check() (Company, fault.Field) {
	var bad fault.Field
	c := Company{
		Name: line(in.Name), OtherNames: line(in.OtherNames), Site: line(in.Site), Phone: line(in.Phone), Address: line(in.Address),
		INN: digits(in.INN), KPP: strings.ToUpper(digits(in.KPP)), VAT: strings.ToUpper(digits(in.VAT)),
		Manager: line(in.Manager), Comment: strings.TrimSpace(in.Comment), Watchers: in.Watchers,
	}
	if c.Watchers == nil {
		c.Watchers = []int64{}
	}
	if in.ResponsibleID > 0 {
		c.ResponsibleID = &in.ResponsibleID
	}
	if c.Name == "" {
		bad.Add("name", "company.name_missing")
	}
	for field, s := range map[string]string{
		"name": c.Name, "other_names": c.OtherNames, "phone": c.Phone, "address": c.Address, "vat": c.VAT, "manager": c.Manager,
	} {
		if utf8.RuneCountInString(s) > maxLine {
			bad.Add(field, "company.too_long", "max", maxLine)
		}
	}
	if utf8.RuneCountInString(c.Comment) > maxText {
		bad.Add("comment", "company.too_long", "max", maxText)
	}
	c.Site = checkSite(&bad, c.Site)
	if e := strings.TrimSpace(in.Email); e != "" {
		var err error
		if c.Email, err = address.Email(e); err != nil {
			bad.Add("email", "company.email_bad")
		}
	}
	if c.INN != "" && !innRight(c.INN) {
		bad.Add("inn", "company.inn_bad")
	}
	if c.KPP != "" && !kppRight(c.KPP) {
		bad.Add("kpp", "company.kpp_bad")
	}
	c.Domains = checkDomains(&bad, in.Domains)
	return c, bad
}

func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// digits drops the spaces and dashes that people group numbers with.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return r
	}, s)
}

// checkSite takes "example.com" as well as a whole address. Only web addresses
// are kept: a page makes a link of it.
func checkSite(bad *fault.Field, s string) string {
	if s == "" {
		return ""
	}
	full := s
	if !strings.Contains(s, "://") {
		full = "https://" + s
	}
	u, err := url.Parse(full)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || !strings.Contains(u.Host, ".") || len(s) > maxLine {
		bad.Add("site", "company.site_bad")
	}
	return s
}

func checkDomains(bad *fault.Field, typed string) []string {
	domains := []string{}
	for _, s := range strings.FieldsFunc(typed, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }) {
		d, err := address.Domain(s)
		switch {
		case err != nil:
			bad.Add("domains", "company.domain_bad", "domain", s)
		case address.Public(d):
			bad.Add("domains", "company.domain_public", "domain", address.Readable(d))
		case !slices.Contains(domains, d):
			domains = append(domains, d)
		}
	}
	if len(domains) > maxDomains {
		bad.Add("domains", "company.domains_many", "max", maxDomains)
	}
	slices.Sort(domains)
	return domains
}

// innRight checks a taxpayer number: 10 digits of an organisation or 12 of a
// person, with the check digits of order MM-3-06/150@ of the Federal Tax
// Service.
func innRight(s string) bool {
	switch len(s) {
	case 10:
		return allDigits(s) && checkDigit(s[:9], 2, 4, 10, 3, 5, 9, 4, 6, 8) == s[9]
	case 12:
		return allDigits(s) && checkDigit(s[:10], 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) == s[10] &&
			checkDigit(s[:11], 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) == s[11]
	default:
		return false
	}
}

func checkDigit(s string, weights ...int) byte {
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return byte('0' + sum%11%10)
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" && s != "" }

// kppRight checks a registration reason code: nine places, the two in the
// middle may be capital letters.
func kppRight(s string) bool {
	if len(s) != 9 || !allDigits(s[:4]) || !allDigits(s[6:]) {
		return false
	}
	for _, c := range s[4:6] {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
