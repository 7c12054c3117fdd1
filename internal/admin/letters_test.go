package admin_test

import (
	"net/http"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
)

// An administrator gives a letter the desk's own words in one language, looks
// at them before they are saved, and is told of a word that nothing fills in.
func TestALetterTakesTheDesksOwnWords(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	page, sample := link.LetterWords("reply", ""), link.LetterSample("reply", "")
	o.get(o.agent, link.Letters).is(http.StatusForbidden)
	o.get(o.ada, link.LetterWords("no_such_letter", "")).is(http.StatusNotFound)
	o.get(o.ada, link.LetterWords("reply", "xx")).is(http.StatusNotFound)

	o.post(o.ada, page, "lang", "en", "version", "0", "title", "Dear {first_nam}, here is our answer").
		is(http.StatusUnprocessableEntity).shows("{first_nam} would stand in the mail", "Dear {first_nam}, here is our answer")

	own := []string{"lang", "en", "version", "0", "title", "Dear {first_name}, <b>here</b> is our answer"}
	o.post(o.ada, sample, own...).is(http.StatusOK).shows("&lt;b&gt;here&lt;/b&gt; is our answer")
	o.post(o.ada, sample, append(own, "sample", "text")...).is(http.StatusOK).shows("<b>here</b> is our answer")
	o.get(o.ada, link.LetterSample("reply", "en")).is(http.StatusOK).lacks("is our answer")

	o.post(o.ada, page, own...).leads(link.LetterWords("reply", "en"))
	o.get(o.ada, link.LetterSample("reply", "en")).is(http.StatusOK).shows("is our answer")
	o.get(o.ada, link.LetterSample("reply", "ru")).is(http.StatusOK).lacks("is our answer")
	o.get(o.ada, link.Letters).is(http.StatusOK).shows("English")
	o.post(o.ada, page, own...).is(http.StatusConflict).shows("is our answer")
}

// Whoever sees a letter of any kind in the list may also read it.
func TestEveryLetterHasAPreview(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	list := o.get(o.ada, link.Letters).is(http.StatusOK)
	for _, s := range mail.Kinds {
		list.lacks(">" + string(s.Kind) + "<") // a kind without a name in words
		o.get(o.ada, link.LetterSample(string(s.Kind), "en")).is(http.StatusOK)
	}
}
