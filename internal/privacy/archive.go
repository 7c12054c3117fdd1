package privacy

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

// ticketsAtOnce is how many numbers of tickets are read at a time.
const ticketsAtOnce = 200

// archive is one copy while it is written.
type archive struct {
	s   *Service
	by  auth.Actor
	now time.Time

	z       *zip.Writer
	tickets []listedTicket
	files   int
}

// write writes the whole ZIP file: for each ticket its files, its JSON and its
// page; then the person's own JSON and the page that leads to all.
func (a *archive) write(ctx context.Context, to io.Writer) error {
	a.z = zip.NewWriter(to)
	for after := int64(0); ; {
		numbers, err := a.s.d.Tickets.OwnNumbers(ctx, a.by, after, ticketsAtOnce)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			if err := a.ticket(ctx, n); err != nil {
				return fmt.Errorf("ticket %d: %w", n, err)
			}
			after = n
		}
		if len(numbers) < ticketsAtOnce {
			break
		}
	}
	p, err := a.person(ctx)
	if err != nil {
		return err
	}
	if err := a.json("profile.json", p); err != nil {
		return err
	}
	index, err := a.create("index.html", zip.Deflate)
	if err != nil {
		return err
	}
	if err := indexPage(p, a.by, a.made(ctx)).Render(ctx, index); err != nil {
		return err
	}
	return a.z.Close()
}

// ticket writes one ticket as its customer sees it.
func (a *archive) ticket(ctx context.Context, number int64) error {
	th, err := a.s.d.Tickets.Thread(ctx, a.by, number, ticket.ViewAll)
	if err != nil {
		return err
	}
	facts, err := a.s.d.Facts(ctx, th.TopicID, th.Fields)
	if err != nil {
		return err
	}
	t := ticketOf(ctx, th, facts)
	for i, e := range th.Entries {
		for k, f := range e.Files {
			path, err := a.file(ctx, number, f)
			if err != nil {
				return err
			}
			t.Timeline[i].Files[k].Path = path
		}
	}
	base := "tickets/" + strconv.FormatInt(number, 10)
	if err := a.json(base+".json", t); err != nil {
		return err
	}
	page, err := a.create(base+".html", zip.Deflate)
	if err != nil {
		return err
	}
	a.tickets = append(a.tickets, listedTicket{Number: number, Subject: th.Subject, Status: string(th.Status), CreatedAt: th.CreatedAt, File: base + ".json", Page: base + ".html"})
	return ticketPage(t, a.made(ctx)).Render(ctx, page)
}

// file copies an attachment and returns where it stands; "" when its bytes are
// lost, which must not keep the person from the rest.
func (a *archive) file(ctx context.Context, number int64, f ticket.Upload) (string, error) {
	got, err := a.s.d.Tickets.Download(ctx, a.by, f.ID)
	if errors.Is(err, blob.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = got.Body.Close() }()
	path := "files/" + strconv.FormatInt(number, 10) + "/" + strconv.FormatInt(f.ID, 10) + "-" + safeName(f.Name)
	w, err := a.create(path, methodFor(f.Type))
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(w, got.Body); err != nil {
		return "", fmt.Errorf("copy a file: %w", err)
	}
	a.files++
	return path, nil
}

// made says where the copy comes from and when it was made.
func (a *archive) made(ctx context.Context) string {
	return i18n.T(ctx, "privacy.page.made", "desk", a.s.d.Desk(ctx), "when", i18n.Long(ctx, a.now))
}

// methodFor does not squeeze what is squeezed already.
func methodFor(mime string) uint16 {
	if mime == "text/plain" || mime == "message/rfc822" {
		return zip.Deflate
	}
	return zip.Store
}

func (a *archive) create(name string, method uint16) (io.Writer, error) {
	w, err := a.z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: a.now.UTC()})
	if err != nil {
		return nil, fmt.Errorf("begin %s: %w", name, err)
	}
	return w, nil
}

func (a *archive) json(name string, v any) error {
	w, err := a.create(name, zip.Deflate)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// maxSafeName keeps names below what any system takes, in bytes.
const maxSafeName = 100

// safeName makes a file's name one that stands in any folder of any system: no
// path, no device name (a number stands before it), no control or bidirectional
// characters, no dot or space at its ends.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r < 0x20 || r == 0x7f || strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		case r >= 0x80 && r < 0xa0, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff, r == 0xfffd:
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(name, ""))
	ext := ""
	if at := strings.LastIndexByte(name, '.'); at > 0 && len(name)-at <= 12 {
		name, ext = name[:at], name[at:]
	}
	if len(name) > maxSafeName {
		name = strings.ToValidUTF8(name[:maxSafeName], "")
	}
	name = strings.Trim(name+ext, ". ")
	if name == "" {
		return "file"
	}
	return name
}
