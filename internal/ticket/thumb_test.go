package ticket_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	pngs "image/png"
	"testing"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

func pngOf(tb testing.TB, w, h int) []byte {
	tb.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		m.Set(x, h/2, color.NRGBA{R: 200, A: 255})
	}
	var b bytes.Buffer
	if err := pngs.Encode(&b, m); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// huge is a small PNG that says it has w times h pixels.
func huge(tb testing.TB, w, h uint32) []byte {
	tb.Helper()
	b := pngOf(tb, 1, 1)
	binary.BigEndian.PutUint32(b[16:], w) // RFC 2083 section 4.1.1: IHDR begins the data
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestThumbnail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	attach := func(name string, content []byte) int64 {
		t.Helper()
		u, err := w.svc.Stage(t.Context(), w.ann, name, bytes.NewReader(content), ticket.MaxUploads)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.svc.Submit(t.Context(), w.ann, ticket.Submission{TopicID: w.topic, Subject: name, Message: "m", Uploads: []int64{u.ID}}); err != nil {
			t.Fatal(err)
		}
		return u.ID
	}
	t.Run("a picture is drawn small once", func(t *testing.T) {
		t.Parallel()
		id := attach("console.png", pngOf(t, 1600, 600))
		for range 2 {
			f, err := w.svc.Thumbnail(t.Context(), w.ann, id)
			if err != nil {
				t.Fatal(err)
			}
			m, err := jpeg.Decode(f)
			_ = f.Close()
			if err != nil || m.Bounds().Dx() != 480 || m.Bounds().Dy() != 180 {
				t.Errorf("drawn as %v, %v", m, err)
			}
		}
	})
	for name, content := range map[string][]byte{
		"bomb.png": huge(t, 50_000, 50_000), "wide.png": huge(t, 1<<31-1, 1<<31-1), "cut.png": pngOf(t, 400, 400)[:200], "boot.log": []byte("tftp: timeout"),
	} {
		t.Run(name+" has none", func(t *testing.T) {
			t.Parallel()
			id := attach(name, content)
			for range 2 {
				if _, err := w.svc.Thumbnail(t.Context(), w.ann, id); !fault.Is(err, fault.NotFound) {
					t.Errorf("got %v", err)
				}
			}
		})
	}
	t.Run("a file that is not sent yet has none", func(t *testing.T) {
		t.Parallel()
		u, err := w.svc.Stage(t.Context(), w.ann, "a.png", bytes.NewReader(pngOf(t, 10, 10)), ticket.MaxUploads)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.svc.Thumbnail(t.Context(), w.ann, u.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v", err)
		}
	})
}
