package httpx

import (
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
)

// Compress sends text in fewer bytes to browsers that can take it, at the
// fastest level: pages are made for one reader and thrown away. Streams of
// events and files that are compressed already go through untouched. Pages
// carry no secret that a reader's own input stands beside (forms have no
// tokens), so their length gives nothing away.
func Compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.MinSize(1024),
		gzhttp.ContentTypeFilter(compressible),
		gzhttp.SuffixETag("-z"),
	)
	if err != nil { // only for options that contradict each other
		slog.Error("compression is off", "err", err)
		return next
	}
	zipped := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
			next.ServeHTTP(w, r)
			return
		}
		zipped(w, r)
	})
}

func compressible(contentType string) bool {
	ct, _, err := mime.ParseMediaType(contentType)
	if err != nil || ct == "text/event-stream" {
		return false
	}
	switch ct {
	case "application/json", "application/problem+json", "application/javascript", "application/manifest+json", "image/svg+xml":
		return true
	}
	return strings.HasPrefix(ct, "text/")
}
