package desk

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// writing is a reply or a note as it stands in its form, and what is wrong
// with it.
type writing struct {
	Message  string
	Kind     richtext.Kind
	Status   ticket.Status
	Until    string // as a datetime-local input has it, in the agent's zone
	Suggest  bool
	Personal bool
	CC       string
	To       ticket.Recipients
	Mentions []int64            // agents named in a note
	Used     []ticket.AnswerRef // the quick answers that it came from
	Canned   []canned.File      // of an answer that was just put in; they become uploads when the form is sent
	Inserted ticket.AnswerRef   // the answer that was just put in
	Before   *string            // with Inserted: what stood there before, as HTML for the editor; nil: the same
	Key      string
	Uploads  []ticket.Upload    // staged and kept
	Rules    ticket.UploadRules // for its files
	Keep     templ.Attributes
	SavedAt  *time.Time // of the draft on the server
	Seen     int64      // the last place of the timeline that the page showed; 0: not known
	Version  int64      // of the draft that the form began with
	Writer   string     // the form that saved it, and with which of its saves
	WriterN  int64
	Returned ticket.Return // why the draft came back unsent
	Later    laterForm

	Errors  map[string]fault.Message
	Refused []fault.Message // one for each file that was not taken
	Problem fault.Message   // what is wrong with no single field
}

// limits bound a form with files. The body may be larger than a message's
// files, so that the file over the limit is refused by its name.
var limits = httpx.Limits{Body: 4 * ticket.MaxUploads}

// blank is a form nobody has typed into.
func blank() writing {
	return writing{Kind: richtext.KindMarkdown, Status: ticket.Waiting, Key: rand.Text(), Later: laterForm{UnlessReply: true}}
}

// fromDraft is the form as its writer left it, in whichever browser.
func fromDraft(d *ticket.Draft) writing {
	f := blank()
	if d == nil {
		return f
	}
	if len(d.Form) > 0 {
		f.fields(httpx.Form(d.Form))
	} else {
		f.CC, f.Status = d.CC, ticket.Status(d.Status)
	}
	f.Message, f.Kind, f.Uploads, f.SavedAt = d.Body, d.BodyKind, d.Uploads, &d.UpdatedAt
	f.Version, f.Writer, f.WriterN, f.Returned = d.Version, d.Writer, d.WriterN, d.Returned
	if f.Status == "" {
		f.Status = ticket.Waiting
	}
	return f
}

// readWriting reads a reply's or note's form and stages its files while they
// stream in. The form is good also beside a TooLarge fault.
func (h *Handler) readWriting(r *http.Request, by auth.Actor) (writing, httpx.Form, error) {
	var f writing
	room := h.tickets.Limits(r.Context()).MaxTotal
	values, err := httpx.Multipart(r, limits, func(_, name string, file io.Reader) error {
		u, err := h.tickets.Stage(r.Context(), by, name, file, room)
		if refusal := fault.Of(err); err != nil && refusal.Kind == fault.Invalid {
			f.Refused = append(f.Refused, refusal.Fields["attachments"])
			return nil
		}
		if err != nil {
			return err
		}
		room -= u.Size
		f.Uploads = append(f.Uploads, u)
		return nil
	})
	if err != nil && !fault.Is(err, fault.TooLarge) {
		return f, nil, err
	}
	form := httpx.Form(values)
	f.Message, f.Kind, f.Key = form.Text("message"), richtext.Kind(form.Get("message_kind")), form.Line("key")
	f.Seen, f.Version = form.ID("seen"), form.ID("draft_version")
	f.fields(form)
	before, staged := h.stagedFiles(r.Context(), by, form)
	if err == nil {
		err = staged
	}
	f.Uploads = append(before, f.Uploads...)
	if err == nil && len(f.Refused) > 0 {
		err = &fault.Error{Kind: fault.Invalid, Key: "error.form_invalid"}
	}
	return f, form, err
}

// stagedFiles are the files that came ahead of the form, and those of canned
// replies that were put into it.
func (h *Handler) stagedFiles(ctx context.Context, by auth.Actor, form httpx.Form) ([]ticket.Upload, error) {
	dropped := form.IDs(ui.FieldDrop)
	kept := slices.DeleteFunc(form.IDs(ui.FieldUpload), func(id int64) bool { return slices.Contains(dropped, id) })
	before, err := h.tickets.Staged(ctx, by, kept)
	ids := form.IDs("canned_file")
	if err != nil || len(ids) == 0 {
		return before, err
	}
	files, err := h.canned.Files(ctx, by, ids)
	if err != nil {
		return before, err
	}
	stored := make([]ticket.Stored, len(files))
	for i, f := range files {
		stored[i] = ticket.Stored{Key: f.Key, Name: f.Name, Type: f.Type, Size: f.Size}
	}
	staged, err := h.tickets.StageStored(ctx, by, stored)
	for _, u := range staged {
		if !slices.Contains(before, u) {
			before = append(before, u)
		}
	}
	return before, err
}

// usedRefs are the quick answers that a form or draft names.
func usedRefs(named []string) []ticket.AnswerRef {
	var refs []ticket.AnswerRef
	for _, n := range named {
		if r := ticket.ParseAnswerRef(n); r.ID > 0 && !slices.Contains(refs, r) {
			refs = append(refs, r)
		}
	}
	return refs
}

// fields reads what a draft keeps beside the text, from a form that was sent or
// from the draft.
func (f *writing) fields(form httpx.Form) {
	f.Status, f.Until, f.CC = ticket.Status(form.Get("status")), form.Line("postponed_until"), form.Line("cc")
	f.To = ticket.Recipients{Mode: ticket.ReplyMode(form.Get("reply_mode")), Shown: form["shown"], To: form["to"], Confirmed: form["confirm"]}
	f.Suggest, f.Personal = form.On("suggest"), form.On("personal")
	f.Mentions = form.IDs("mention")
	f.Used = usedRefs(form["used"])
	f.Later = readLater(form)
}

// notKept are the fields that a draft has elsewhere or does not need.
var notKept = []string{
	"message", "message_kind", "key", "kind", ui.FieldUpload, ui.FieldFiles, ui.FieldDrop, "begun", "canned_file", "save", "discard", "send", "send_at", "seen", "draft_version", "draft_n", "ticket", "view", "tab",
}

// kept are the fields of a form that a draft keeps as they are, so that
// everything of the reply comes back to the editor.
func kept(form httpx.Form) map[string][]string {
	all := map[string][]string{}
	for name, values := range form {
		if !slices.Contains(notKept, name) {
			all[name] = values
		}
	}
	return all
}

// draft is the form as a draft is saved.
func (f writing) draft(form httpx.Form) ticket.Draft {
	n, _ := form.Int("draft_n")
	return ticket.Draft{
		Kind: ticket.DraftKind(form.Get("kind")), Body: f.Message, BodyKind: f.Kind, Status: string(f.Status), CC: f.CC, Form: kept(form),
		Addressed: form.Get("begun") != "" && form.Get("begun") != addressed(form.Get("reply_mode"), form["to"]),
		Uploads:   f.Uploads, BaseSeq: f.Seen, Version: f.Version, Writer: f.Key, WriterN: int64(n),
	}
}

// uploadIDs are the ids of the files the form carries.
func (f writing) uploadIDs() []int64 {
	ids := make([]int64, len(f.Uploads))
	for i, u := range f.Uploads {
		ids[i] = u.ID
	}
	return ids
}

// reply is the form as the use case takes it.
func (f writing) reply(ctx context.Context) ticket.AgentReply {
	return ticket.AgentReply{
		Message: f.Message, MessageKind: f.Kind, Status: f.Status, PostponedUntil: localTime(ctx, f.Until),
		Suggest: f.Suggest, Personal: f.Personal, Used: f.Used, CC: f.CC, To: f.To, Uploads: f.uploadIDs(), Key: f.Key,
		Seen: f.Seen, DraftVersion: f.Version,
	}
}

// refused notes on the form why it was not taken; ok is false for an error
// that is not the writer's to mend. A file over all limits, a ticket closed
// meanwhile and wrong fields all leave what was typed in place.
func (f *writing) refused(err error) (status int, ok bool) {
	x := fault.Of(err)
	switch x.Kind {
	case fault.Invalid:
		f.Errors = x.Fields
		if len(x.Fields) == 0 && len(f.Refused) == 0 {
			f.Problem = fault.Message{Key: x.Key, Args: x.Args}
		}
	case fault.Conflict, fault.TooLarge:
		f.Problem = fault.Message{Key: x.Key, Args: x.Args}
	case fault.Internal, fault.Unauthorized, fault.NotFound, fault.Forbidden, fault.TooMany, fault.Unavailable:
		return 0, false
	}
	return httpx.Status(err), true
}

// inputTime is the layout of a datetime-local input.
const inputTime = "2006-01-02T15:04"

// localTime reads a datetime-local input in the reader's zone; nil for
// anything that is no time.
func localTime(ctx context.Context, typed string) *time.Time {
	for _, layout := range []string{inputTime, inputTime + ":05", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, typed, i18n.ReaderOf(ctx).Zone); err == nil {
			return &t
		}
	}
	return nil
}

// inputValue writes t for a datetime-local input of the reader.
func inputValue(ctx context.Context, t time.Time) string {
	return t.In(i18n.ReaderOf(ctx).Zone).Format(inputTime)
}
