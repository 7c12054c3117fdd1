package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/ticket"
)

// stories holds what people at Halden's help desk write about, a folder for
// each language. A file has many stories:
//
//	== key
//	topic: billing                      (technical_support when absent)
//	field: type=fault                   a field's value
//	models: S2962-24T, S3850-24X        one is chosen for {model}
//	priority: 3
//	Subject: words
//
//	-- customer +boot-log.txt           a message; +name attaches a file
//	words in Markdown
//	-- agent waiting article=slug       an answer and the status it sets
//
// A step's first line may go on with a status, after=3d (how long the author
// took), until=9d (for postponed), article=, suggest, personal, +file; a
// customer's with solved ("My issue is solved") or followup (a new ticket that
// follows this one). "-- note" is an internal note, "-- status X" a status
// without an answer. [[a|b]] chooses, {first} and the like are filled in.
//
//go:embed stories
var stories embed.FS

// author says who takes a step.
type author string

const (
	customer author = "customer"
	agent    author = "agent"
	note     author = "note"
	status   author = "status" // an agent sets it without a word
)

// step is one thing that somebody does in a story.
type step struct {
	by       author
	to       ticket.Status // what an agent sets
	text     string
	article  string // file name of the article the answer came from
	files    []string
	after    time.Duration // 0: as long as it usually takes
	until    time.Duration // how far ahead a ticket is postponed
	copies   bool          // to a colleague who sees the whole company
	solved   bool
	reopens  bool // a reply to a resolved ticket does that
	followup bool
	suggest  bool
	personal bool
}

// story is one conversation.
type story struct {
	key, lang, topic string
	fields           map[string]string
	models           []string
	subject          string
	steps            []step
}

// statusAfter is where the ticket stands when n steps have been taken and the
// robot has not come by.
func (s story) statusAfter(n int) ticket.Status {
	at := ticket.New
	for _, st := range s.steps[1:n] {
		if st.followup {
			at = ticket.New
			continue
		}
		for _, tr := range st.triggers() {
			if next, err := at.Next(tr); err == nil {
				at = next
			}
		}
	}
	return at
}

func (st step) triggers() []ticket.Trigger {
	var all []ticket.Trigger
	switch st.by {
	case customer:
		if st.text != "" {
			all = append(all, ticket.CustomerReplied)
		}
		if st.solved {
			all = append(all, ticket.CustomerSolved)
		}
	case agent, status:
		if tr, err := ticket.AgentTrigger(st.to); err == nil {
			all = append(all, tr)
		}
	case note:
	}
	return all
}

// readStories reads all of them, in the order of their files.
func readStories() ([]story, error) {
	var all []story
	err := fs.WalkDir(stories, "stories", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := stories.ReadFile(name)
		if err != nil {
			return err
		}
		for _, text := range strings.Split("\n"+string(b), "\n== ")[1:] {
			s, err := readStory(text)
			if err != nil {
				return fmt.Errorf("%s: story %s: %w", name, s.key, err)
			}
			s.lang = path.Base(path.Dir(name))
			all = append(all, s)
		}
		return nil
	})
	return all, err
}

func readStory(text string) (story, error) {
	head, body, _ := strings.Cut(text, "\n-- ")
	lines := strings.Split(head, "\n")
	s := story{key: strings.TrimSpace(lines[0]), topic: "technical_support", fields: map[string]string{}}
	for _, l := range lines[1:] {
		name, value, ok := strings.Cut(l, ":")
		value = strings.TrimSpace(value)
		switch {
		case !ok && strings.TrimSpace(l) == "":
		case name == "topic":
			s.topic = value
		case name == "field":
			k, v, _ := strings.Cut(value, "=")
			s.fields[k] = v
		case name == "priority":
			s.fields["priority"] = value
		case name == "models":
			s.models = strings.Split(strings.ReplaceAll(value, " ", ""), ",")
		case name == "Subject":
			s.subject = value
		default:
			return s, fmt.Errorf("unknown line %q", l)
		}
	}
	for _, part := range strings.Split(body, "\n-- ") {
		st, err := readStep(part)
		if err != nil {
			return s, err
		}
		s.steps = append(s.steps, st)
	}
	if s.subject == "" || s.steps[0].by != customer || s.steps[0].text == "" {
		return s, errors.New("needs a subject and a customer who begins")
	}
	return s, nil
}

func readStep(text string) (step, error) {
	head, body, _ := strings.Cut(text, "\n")
	words := strings.Fields(head)
	st := step{by: author(words[0]), text: strings.TrimSpace(body)}
	switch st.by {
	case customer, agent, note, status:
	default:
		return st, fmt.Errorf("nobody is called %q", words[0])
	}
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		var err error
		switch {
		case strings.HasPrefix(w, "+"):
			st.files = append(st.files, w[1:])
		case name == "article":
			st.article = value
		case name == "after":
			st.after, err = days(value)
		case name == "until":
			st.until, err = days(value)
		case w == "cc":
			st.copies = true
		case w == "solved":
			st.solved = true
		case w == "followup":
			st.followup = true
		case w == "suggest":
			st.suggest = true
		case w == "personal":
			st.personal = true
		case w == "reopen":
			st.reopens = true
		default:
			st.to = ticket.Status(w)
			_, err = ticket.AgentTrigger(st.to)
		}
		if err != nil {
			return st, fmt.Errorf("%q: %w", w, err)
		}
	}
	if (st.by == agent || st.by == status) && st.to == "" {
		return st, fmt.Errorf("%q sets no status", head)
	}
	return st, nil
}

// days reads "3d".
func days(s string) (time.Duration, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(s, "d"))
	return time.Duration(n) * 24 * time.Hour, err
}
