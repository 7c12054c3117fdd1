package app

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/inbox"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
)

// keyFamilies are the message keys that code puts together, by their beginning:
// the ends that it may have. Every other key stands whole in the source.
func keyFamilies() map[string][]string {
	kinds, letters := []string{}, []string{}
	for _, s := range mail.Kinds {
		kinds = append(kinds, string(s.Kind))
		for _, part := range []string{"subject", "title", "text", "button"} {
			letters = append(letters, string(s.Kind)+"."+part)
		}
	}
	notices := []string{}
	for _, n := range account.Notices {
		notices = append(notices, string(n.Notice))
	}
	events := []string{}
	for _, spec := range notice.Events {
		events = append(events, string(spec.Event))
	}
	months, weekdays := []string{}, []string{}
	for m := time.January; m <= time.December; m++ {
		months = append(months, strings.ToLower(m.String()[:3]))
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		weekdays = append(weekdays, strings.ToLower(d.String()[:3]))
	}
	return map[string][]string{
		"desk.open.direction.":     ends(ticket.Directions),
		"desk.service.form.":       ends(ticket.ServiceStages),
		"desk.service.on.":         ends(ticket.ServiceStages),
		"ticket.event.service.":    ends(ticket.ServiceStages),
		"ui.service.field.":        serviceKeys(),
		"ui.service.stage.":        ends(ticket.ServiceStages),
		"ui.service.value.":        serviceValues(),
		"admin.departments.kinds.": ends(setting.DepartmentKinds),
		"admin.departments.modes.": ends(setting.Modes),
		"admin.fields.about_":      ends(setting.NewKinds),
		"admin.move_":              {"up", "down"},
		"admin.outbox.":            ends(mail.States),
		"admin.outbox.kind.":       kinds,
		"canned.scope.":            ends(canned.Scopes),
		"desk.column.":             append([]string{"subject"}, ticket.Columns...),
		"desk.channel.":            {"portal", "agent", "email", "telegram", "api", "import", "phone", "walk_in", "chat"},
		"desk.delivery.":           ends(mail.States),
		"desk.inbox.empty.":        ends(ticket.InboxViews),
		"desk.placeholder.":        ticket.Placeholders,
		"desk.send.returned.":      ends(ticket.Returns),
		"desk.to.mode.":            ends(ticket.ReplyModes),
		"desk.to.mode_hint.":       ends(ticket.ReplyModes),
		"desk.view.colour_":        inbox.Colours,
		"desk.view.scope_":         append(ends(inbox.Scopes), "of"),
		"find.group.":              ends(find.Groups),
		"format.month.":            months,
		"format.month_long.":       months,
		"format.weekday.":          weekdays,
		"format.weekday_long.":     weekdays,
		"mail.":                    letters,
		"mail.sample.":             {"agent", "answer", "customer", "question", "reader", "subject"},
		"legend.status.":           ends(ticket.Statuses),
		"notice.channel.":          ends(notice.Channels),
		"notice.event.":            events,
		"notice.name.":             events,
		"notice.scope.":            ends(notice.Scopes),
		"notice.why.":              append(ends(notice.Scopes), string(notice.Own)),
		"profile.":                 setting.ProfileFields,
		"profile.notice.":          notices,
		"profile.notice_hint.":     notices,
		"ticket.cannot.":           ends(ticket.Triggers),
		"bulk.row.":                {"waiting", "done", "same", "refused", "undone", "kept"},
		"bulk.state.":              ends([]bulk.State{bulk.Gathering, bulk.Running, bulk.Done, bulk.Cancelled, bulk.Undoing, bulk.Undone}),
		"time.column.":             {"day", "ticket", "subject", "company", "agent", "kind", "minutes", "comment"},
		"time.kind.":               ends(timesheet.Kinds),
		"ticket.moved_on.":         {"assignee", "bin", "company", "department", "field", "priority", "requester", "sent", "status", "topic"},
		"ticket.relation.":         ends(ticket.Relations),
		"ticket.priority.":         {"1", "2", "3", "4"},
		"ticket.status.":           ends(ticket.Statuses),
		"ticket.status_portal.":    ends(ticket.Statuses),
		"ticket.returned.":         ends(ticket.Returns),
		"ticket.step_name.":        ends([]ticket.Step{ticket.Remind, ticket.Resolve, ticket.Close, ticket.Wake}),
		"topicform.when.":          append(ends([]setting.Op{setting.Is, setting.IsNot, setting.Filled, setting.Empty}), "ticked", "unticked"),
	}
}

func serviceKeys() (keys []string) {
	for _, stage := range ticket.ServiceStages {
		for _, f := range stage.Fields() {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

func serviceValues() (values []string) {
	for _, stage := range ticket.ServiceStages {
		for _, f := range stage.Fields() {
			for _, o := range f.Options {
				values = append(values, f.Key+"_"+o)
			}
		}
	}
	return values
}

func ends[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = string(one)
	}
	return out
}

var keyLike = regexp.MustCompile(`"([a-z0-9_]+\.[a-z0-9_.]*)"`)

// TestMessageKeysAreUsed finds keys that no code asks for any more, and keys put
// together that nobody wrote words for.
func TestMessageKeysAreUsed(t *testing.T) {
	t.Parallel()
	literal, begun := map[string]bool{}, map[string]string{}
	eachFile(t, func(path, text string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, m := range keyLike.FindAllStringSubmatch(text, -1) {
			literal[m[1]] = true
		}
		for _, pattern := range usedKeys {
			for _, m := range pattern.FindAllStringSubmatch(text, -1) {
				if strings.HasSuffix(m[1], ".") || strings.HasSuffix(m[1], "_") {
					begun[m[1]] = path
				}
			}
		}
	})
	families := keyFamilies()
	for prefix, path := range begun {
		if _, ok := families[prefix]; !ok {
			t.Errorf("%s puts keys together from %q: say in keyFamilies which", path, prefix)
		}
	}
	built := map[string]bool{}
	for prefix, all := range families {
		if !literal[prefix] {
			t.Errorf("no code puts keys together from %q", prefix)
		}
		for _, end := range all {
			built[prefix+end] = true
		}
	}
	base := i18n.Langs[0].Tag
	for key := range built {
		if !i18n.Has(base, key) && !strings.HasSuffix(key, ".button") { // not every letter has one
			t.Errorf("%s is put together and has no words", key)
		}
	}
	for _, key := range i18n.Keys(base) {
		if !literal[key] && !built[key] && key != "portal.thread.ended" { // the page of a ticket is about to say it
			t.Errorf("no code asks for %s", key)
		}
	}
}
