package setting

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	_ "image/jpeg" // what may be uploaded
	"image/png"
	"io"

	"github.com/jackc/pgx/v5"
	"golang.org/x/image/draw"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Bounds of a logo.
const (
	MaxLogoBytes = 1_000_000 // as uploaded
	maxLogoSide  = 4000      // pixels, as uploaded: what a picture may unpack to
	logoHeight   = 96        // pixels, as kept: twice what headers show
	logoWidth    = 480
)

// DrawLogo reads an uploaded PNG or JPEG and draws it anew as a PNG that fits
// the header, so that nothing but pixels of it is kept. Invalid names the field
// logo.
func DrawLogo(upload io.Reader) ([]byte, error) {
	var wrong fault.Field
	raw, err := io.ReadAll(io.LimitReader(upload, MaxLogoBytes+1))
	if err != nil {
		return nil, wrap("read a logo", err)
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	switch {
	case len(raw) > MaxLogoBytes:
		wrong.Add("logo", "setting.logo_large", "limit", "1 MB")
	case err != nil || kind != "png" && kind != "jpeg":
		wrong.Add("logo", "setting.logo_type")
	case size.Width > maxLogoSide || size.Height > maxLogoSide:
		wrong.Add("logo", "setting.logo_side", "limit", maxLogoSide)
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	picture, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		wrong.Add("logo", "setting.logo_type")
		return nil, wrong.Err()
	}
	var out bytes.Buffer
	if err := png.Encode(&out, fit(picture)); err != nil {
		return nil, wrap("draw a logo", err)
	}
	return out.Bytes(), nil
}

// fit scales a picture down to the bounds of a logo; a smaller one stays.
func fit(p image.Image) image.Image {
	b := p.Bounds()
	scale := min(1, float64(logoWidth)/float64(b.Dx()), float64(logoHeight)/float64(b.Dy()))
	size := image.Rect(0, 0, max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale)))
	out := image.NewRGBA(size)
	draw.CatmullRom.Scale(out, size, p, b, draw.Src, nil)
	return out
}

const addLogoSQL = `INSERT INTO logos (hash, png, made_at) VALUES (@hash, @png, @now) ON CONFLICT DO NOTHING`

// KeepLogo keeps a picture that DrawLogo made and returns its hash, for
// Look.Logo.
func (s *Service) KeepLogo(ctx context.Context, by auth.Actor, picture []byte) (string, error) {
	if err := forbidden(by); err != nil {
		return "", err
	}
	sum := sha256.Sum256(picture)
	hash := hex.EncodeToString(sum[:])
	_, err := s.db.Exec(ctx, addLogoSQL, pgx.NamedArgs{"hash": hash, "png": picture, "now": s.now()})
	return hash, wrap("keep a logo", err)
}

const logoSQL = `SELECT png FROM logos WHERE hash = @hash`

// Logo returns a picture by its hash.
func (s *Service) Logo(ctx context.Context, hash string) ([]byte, error) {
	var picture []byte
	err := s.db.QueryRow(ctx, logoSQL, pgx.NamedArgs{"hash": hash}).Scan(&picture)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, pg.NotFound(err, "error.page_not_found")
	}
	return picture, wrap("read the logo", err)
}
