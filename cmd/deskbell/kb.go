package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
)

type kbCmd struct {
	Import kbImportCmd `cmd:"" help:"Publish a folder of Markdown files."`
	Export kbExportCmd `cmd:"" help:"Write the published articles as Markdown files."`
	Search kbSearchCmd `cmd:"" help:"Search as the portal and the quick answers do."`
}

type kbImportCmd struct {
	Dir     string `arg:"" help:"The folder; its subfolders become sections." type:"existingdir"`
	Lang    string `help:"Language of files that name none; found out by their words when left out." placeholder:"en"`
	Section string `help:"Put all into this section." placeholder:"NAME"`
}

// Run implements the command. A file that is no article is named on stderr and
// stops nothing.
func (k *kbImportCmd) Run(ctx context.Context, p process) error {
	root, err := os.OpenRoot(k.Dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	desk, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer desk.Close()
	done, err := desk.KB.Import(ctx, auth.TheSystem(), root.FS(), kb.ImportOptions{Lang: k.Lang, Section: k.Section})
	if err != nil {
		return err
	}
	for _, f := range done.Skipped {
		if _, err := fmt.Fprintf(p.err, "skipped %s: %s\n", f.Path, f.Reason); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(p.out, "created %d, updated %d, unchanged %d, skipped %d\n", done.Created, done.Updated, done.Unchanged, len(done.Skipped))
	return err
}

type kbExportCmd struct {
	Dir string `arg:"" help:"The folder to write to; made when it is missing." type:"path"`
}

// Run implements the command.
func (k *kbExportCmd) Run(ctx context.Context, p process) error {
	desk, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer desk.Close()
	n, err := desk.KB.Export(ctx, auth.TheSystem(), k.Dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "wrote %d articles to %s\n", n, k.Dir)
	return err
}

type kbSearchCmd struct {
	Query string `arg:"" help:"Words or a question."`
	Lang  string `help:"The reader's language: its articles come first." placeholder:"en"`
	Limit int    `help:"How many to print at most." default:"10"`
	JSON  bool   `name:"json" help:"One JSON object a line."`
}

// Run implements the command.
func (k *kbSearchCmd) Run(ctx context.Context, p process) error {
	if k.Limit < 1 {
		return usageError{errors.New("--limit must be 1 or more")}
	}
	desk, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer desk.Close()
	ctx = i18n.With(ctx, i18n.Reader{Lang: k.Lang})
	hits, err := desk.KB.Search(ctx, auth.TheSystem(), kb.Query{Text: k.Query, Lang: k.Lang, Limit: k.Limit})
	if err != nil {
		return err
	}
	for _, h := range hits {
		if err := k.print(p, h); err != nil {
			return err
		}
	}
	return nil
}

func (k *kbSearchCmd) print(p process, h kb.Hit) error {
	if k.JSON {
		return json.NewEncoder(p.out).Encode(struct {
			Rank  int     `json:"rank"`
			Title string  `json:"title"`
			Path  string  `json:"path"`
			Score float64 `json:"score"`
		}{h.Rank, h.Title, h.Path, h.Score})
	}
	_, err := fmt.Fprintf(p.out, "%2d  %7.3f  %s  %s\n", h.Rank, h.Score, h.Title, h.Path)
	return err
}
