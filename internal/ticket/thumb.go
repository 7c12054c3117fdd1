package ticket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // read by image.Decode
	"image/jpeg"
	_ "image/png" // read by image.Decode
	"io"
	"slices"

	"github.com/jackc/pgx/v5"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // read by image.Decode

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Bounds of what is drawn small.
const (
	thumbWidth   = 480        // pixels, twice of what a page shows
	thumbHeight  = 360        // pixels
	thumbPixels  = 40_000_000 // more than this many are not unpacked: 160 MB
	thumbBytes   = 25_000_000 // of the file
	thumbQuality = 80
)

// drawing lets one picture be unpacked at a time: each may take 160 MB.
type drawing chan struct{}

func newDrawing() drawing { return make(drawing, 1) }

// pictures are the types that browsers show and that we can draw small.
var pictures = []string{"image/jpeg", "image/png", "image/gif", "image/webp"}

// Picture reports whether a file can be shown small.
func (u Upload) Picture() bool { return slices.Contains(pictures, u.Type) && u.Size <= thumbBytes }

const customerThumbSQL = `
SELECT f.id, f.name, f.type, f.size, f.key, f.thumb FROM attachments f JOIN tickets t ON t.id = f.ticket_id
WHERE f.id = @id AND f.message_id IS NOT NULL AND ` + visibleTo

const staffThumbSQL = `
SELECT f.id, f.name, f.type, f.size, f.key, f.thumb FROM attachments f JOIN tickets t ON t.id = f.ticket_id
WHERE f.id = @id AND (` + staffSees + ` OR f.message_id IS NOT NULL AND ` + visibleTo + `)`

const keepThumbSQL = `UPDATE attachments SET thumb = @thumb WHERE key = @key AND ticket_id IS NOT NULL`

type thumbRow struct {
	storedFile
	Thumb *string
}

// Thumbnail opens the small version of a picture, a JPEG, for whoever may see
// its ticket. It is drawn when it is asked for first. Anything that cannot be
// drawn is fault.NotFound, once and for all.
func (s *Service) Thumbnail(ctx context.Context, by auth.Actor, id int64) (io.ReadSeekCloser, error) {
	if !by.SignedIn() {
		return nil, fault.New(fault.NotFound, "ticket.file_not_found")
	}
	args, query := pgx.NamedArgs{"id": id}, staffThumbSQL
	sight(by, args)
	if !by.Staff() {
		query = customerThumbSQL
	}
	rows, _ := s.db.Query(ctx, query, args)
	f, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[thumbRow])
	if err != nil {
		return nil, pg.NotFound(err, "ticket.file_not_found")
	}
	if f.Thumb == nil && f.Picture() {
		key, err := s.keepThumb(ctx, f.Key)
		if err != nil {
			return nil, fmt.Errorf("draw attachment %d small: %w", id, err)
		}
		f.Thumb = &key
	}
	if f.Thumb == nil || *f.Thumb == "" {
		return nil, fault.New(fault.NotFound, "ticket.file_not_found")
	}
	body, err := s.files.Open(*f.Thumb)
	if err != nil {
		return nil, fmt.Errorf("open the small version of attachment %d: %w", id, err)
	}
	return body, nil
}

// keepThumb draws the picture under key small and remembers under which key;
// "" when it cannot be drawn.
func (s *Service) keepThumb(ctx context.Context, key string) (string, error) {
	select {
	case s.drawing <- struct{}{}:
		defer func() { <-s.drawing }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	f, err := s.files.Open(key)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	small, err := drawSmall(f)
	var kept blob.Blob
	if err == nil {
		if kept, err = s.files.Put(ctx, bytes.NewReader(small), thumbBytes); err != nil {
			return "", err
		}
	}
	_, err = s.db.Exec(ctx, keepThumbSQL, pgx.NamedArgs{"key": key, "thumb": kept.Key})
	return kept.Key, err
}

var errTooManyPixels = errors.New("too many pixels")

// drawSmall unpacks a picture that a stranger sent and draws it on white, so
// that it fits in the bounds above. A picture that says it is huge is not
// unpacked.
func drawSmall(r io.ReadSeeker) ([]byte, error) {
	c, _, err := image.DecodeConfig(r)
	if err != nil {
		return nil, fmt.Errorf("read the size of a picture: %w", err)
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > thumbPixels || c.Height > thumbPixels/c.Width {
		return nil, errTooManyPixels
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	src, _, err := image.Decode(r)
	if err != nil {
		return nil, fmt.Errorf("unpack a picture: %w", err)
	}
	dst := image.NewRGBA(fit(src.Bounds()))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Over, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, dst, &jpeg.Options{Quality: thumbQuality}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// fit is the largest size in the shape of r within the bounds of a small
// version; nothing is drawn larger than it is.
func fit(r image.Rectangle) image.Rectangle {
	w, h := r.Dx(), r.Dy()
	if w > thumbWidth {
		w, h = thumbWidth, h*thumbWidth/w
	}
	if h > thumbHeight {
		w, h = w*thumbHeight/h, thumbHeight
	}
	return image.Rect(0, 0, max(w, 1), max(h, 1))
}
