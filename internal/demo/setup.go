package demo

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/kb"
)

// articles are Halden's knowledge base: a folder for each language, in it a
// folder for each section.
//
//go:embed kb
var articles embed.FS

// openDesk brings in the staff and sets the calendar.
func (p *player) openDesk(ctx context.Context) error {
	if err := p.setCalendar(ctx); err != nil {
		return err
	}
	for _, s := range staff {
		if err := p.enter(ctx, s); err != nil {
			return err
		}
	}
	topics, err := p.desk.Settings.Topics(ctx, auth.TheSystem())
	if err != nil {
		return err
	}
	for _, t := range topics {
		p.topics[t.Key] = t.ID
	}
	return nil
}

func (p *player) setCalendar(ctx context.Context) error {
	calendars, err := p.desk.Settings.Calendars(ctx)
	if err != nil {
		return err
	}
	c := calendars[0]
	c.Zone = deskZone
	for year := p.clock.at.Year(); year <= p.clock.at.Year()+2; year++ {
		for _, d := range []string{"-01-01", "-05-01", "-12-25", "-12-26"} {
			off, err := time.Parse(time.DateOnly, strconv.Itoa(year)+d)
			if err != nil {
				return err
			}
			c.Holidays = append(c.Holidays, off)
		}
	}
	return p.desk.Settings.SaveCalendar(ctx, auth.TheSystem(), c)
}

// enter adds a person. The first one's password serves all.
func (p *player) enter(ctx context.Context, who person) error {
	in := account.NewUser{Email: who.email, Name: account.ParseName(who.name), JobTitle: who.job, Phone: who.phone, Lang: who.lang}
	if who.role != "" {
		in.Roles = []string{who.role}
	}
	if p.first == 0 {
		in.Password = Password
	}
	id, err := p.desk.Accounts.AddUser(ctx, auth.TheSystem(), in)
	if err != nil {
		return fmt.Errorf("%s: %w", who.email, err)
	}
	if p.first == 0 {
		p.first = id
	} else if err := p.desk.Accounts.SharePassword(ctx, auth.TheSystem(), p.first, id); err != nil {
		return err
	}
	a := auth.Actor{Kind: auth.Person, PersonID: id}
	if err := p.desk.Accounts.SetPreferences(ctx, a, account.Preferences{Zone: &who.zone}); err != nil {
		return err
	}
	return p.meet(ctx, who.email, id)
}

// meet learns what a person may do.
func (p *player) meet(ctx context.Context, email string, id int64) error {
	a, err := p.desk.Accounts.ByID(ctx, id)
	p.actors[email] = a
	return err
}

// welcomeCustomers makes the companies and their contacts.
func (p *player) welcomeCustomers(ctx context.Context) error {
	for _, f := range firms {
		p.clock.at = p.clock.at.Add(p.between(2*day, 15*day))
		for _, who := range f.people {
			if err := p.enter(ctx, who); err != nil {
				return err
			}
		}
		if f.name == "" {
			continue
		}
		if err := p.welcome(ctx, f); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

func (p *player) welcome(ctx context.Context, f firm) error {
	admin := p.actors[adminMail]
	id, err := p.desk.Companies.Add(ctx, admin, company.Input{
		Name: f.name, OtherNames: f.other, Site: f.site, Email: "noc@" + f.domain, Phone: f.phone, Domains: f.domain,
		ResponsibleID: p.actors[f.responsible].PersonID, Address: f.address, INN: f.inn, KPP: f.kpp, VAT: f.vat,
		Manager: f.manager, Comment: f.comment,
	})
	if err != nil {
		return err
	}
	sites := map[string]int64{}
	for _, s := range f.places {
		sites[s.name], err = p.desk.Companies.AddSite(ctx, admin, id, company.SiteInput{Name: s.name, Address: s.address, ParentID: sites[s.under]})
		if err != nil {
			return err
		}
	}
	for _, who := range f.people {
		a := p.actors[who.email]
		_, err := p.desk.Companies.Link(ctx, admin, id, company.NewLink{PersonID: a.PersonID, Sees: who.sees, SiteID: sites[who.place]})
		if err != nil {
			return err
		}
		if err := p.meet(ctx, who.email, a.PersonID); err != nil {
			return err
		}
	}
	return nil
}

// one is the part of a folder that one file is.
type one struct {
	fs.FS
	name string
}

// ReadDir implements fs.ReadDirFS.
func (o one) ReadDir(dir string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(o.FS, dir)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool {
		name := path.Join(dir, e.Name())
		return name != o.name && !strings.HasPrefix(o.name, name+"/")
	}), err
}

const articleIDsSQL = `SELECT id, import_path FROM kb_articles WHERE import_path IS NOT NULL`

// writeArticles publishes the articles one by one over the year before the
// tickets begin.
func (p *player) writeArticles(ctx context.Context) error {
	began := p.clock.at
	for _, lang := range []string{"en", "ru"} {
		folder, err := fs.Sub(articles, "kb/"+lang)
		if err != nil {
			return err
		}
		p.clock.at = began
		names, err := files(folder)
		if err != nil {
			return err
		}
		p.rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		for _, name := range names {
			p.clock.at = p.clock.at.Add(p.between(day, 11*day))
			done, err := p.desk.KB.Import(ctx, p.actors[jonasMail], one{folder, name}, kb.ImportOptions{Lang: lang})
			if err != nil {
				return err
			}
			if len(done.Skipped) > 0 {
				return fmt.Errorf("%s: %s", done.Skipped[0].Path, done.Skipped[0].Reason)
			}
		}
	}
	p.clock.at = began.AddDate(0, 1, 0)
	rows, _ := p.db.Query(ctx, articleIDsSQL)
	var id int64
	var file string
	_, err := pgx.ForEachRow(rows, []any{&id, &file}, func() error {
		p.articles[strings.TrimSuffix(path.Base(file), ".md")] = id
		return nil
	})
	return err
}

func files(folder fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

// vote lets readers say whether articles helped.
func (p *player) vote(ctx context.Context) error {
	visitor := auth.Actor{}
	read, err := p.desk.KB.Popular(ctx, visitor, 1000)
	if err != nil {
		return err
	}
	for _, a := range read {
		for v := range 1 + p.rand.IntN(9) {
			err := p.desk.KB.Vote(ctx, kb.Vote{By: visitor, Visitor: strconv.Itoa(v), Slug: a.Slug, Helpful: p.rand.IntN(10) > 0})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
