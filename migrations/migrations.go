// Package migrations embeds the SQL that builds the schema, in goose format.
// Migration 1, River's own tables, is Go code in internal/pg.
package migrations

import "embed"

// FS holds the migrations.
//
//go:embed *.sql
var FS embed.FS
