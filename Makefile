.DEFAULT_GOAL := help
.SUFFIXES:
SHELL := /bin/bash

TEMPL := go tool templ
LINT := go tool -modfile=internal/tools/golangci-lint.mod golangci-lint
DEADCODE := go tool -modfile=internal/tools/deadcode.mod deadcode
ESBUILD := go tool -modfile=internal/tools/esbuild.mod esbuild
NEED := internal/tools/need
WITHPG := go run ./internal/testkit/withpg
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)

.PHONY: help
help: ## Print this message
	@awk -F ':.*## ' '/^[a-z\/-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build need-database ## Run the desk on http://127.0.0.1:8080, with demo data on the first start
	@exec bin/deskbell serve --demo

.PHONY: dev
dev: need-database ## Run the desk with live reload on http://localhost:7331
	$(TEMPL) generate --watch --proxy=http://localhost:8080 --cmd="go run ./cmd/deskbell serve --demo"

.PHONY: build
build: ## Build bin/deskbell
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' -o bin/deskbell ./cmd/deskbell

.PHONY: need-database
need-database:
	@[ -n "$$DATABASE_URL" ] || $(NEED) postgres

.PHONY: test
test: ## Run all tests, with a PostgreSQL, a browser and a mail server; installs what is missing
	@$(NEED) cc chromium exim
	@[ -n "$$TEST_DATABASE_URL" ] || $(NEED) postgres
	go vet ./...
	$(WITHPG) go test -race -shuffle=on -parallel 4 -timeout 40m ./...

.PHONY: check
check: generate unchanged lint test ## All that CI runs: generate, lint, test; fails when generated files differ

.PHONY: generate
generate: ## Write the Go code of the pages
	$(TEMPL) generate

.PHONY: unchanged
unchanged:
	@git diff --exit-code --stat -- '*_templ.go' go.mod go.sum || { echo "generated files differ: commit what make generate wrote" >&2; exit 1; }
	@new=$$(git ls-files --others --exclude-standard -- '*_templ.go'); [ -z "$$new" ] || { echo "generated files are not committed: $$new" >&2; exit 1; }

.PHONY: lint
lint: ## Lint, and look for dead code
	$(LINT) run ./...
	@dead=$$($(DEADCODE) -tags screenshots -test ./...) && [ -z "$$dead" ] || { echo "$$dead" >&2; exit 1; }

.PHONY: assets
assets: ## Renew the built style sheet and scripts; needs npm
	web/assets/build

.PHONY: golden
golden: ## Rewrite the golden pages; read the diff
	UPDATE_GOLDEN=1 $(WITHPG) go test ./internal/... ./web/...

.PHONY: eval
eval: ## Measure how well answers are found (KB_DIR and KB_QUERIES name other articles and questions)
	go test -run TestEval -count=1 -v ./internal/kb

.PHONY: screenshots
screenshots: ## Write pictures of every screen to screenshots/
	@$(NEED) chromium
	@[ -n "$$TEST_DATABASE_URL" ] || $(NEED) postgres
	@mkdir -p screenshots
	SCREENSHOTS=$(CURDIR)/screenshots $(WITHPG) go test -tags screenshots -run TestScreenshots -count=1 -timeout 30m ./internal/e2e

.PHONY: bench
bench: ## Measure requests on 20,000 tickets (LOAD_TICKETS names another number)
	@[ -n "$$TEST_DATABASE_URL" ] || $(NEED) postgres
	$(WITHPG) go test -run '^$$' -bench . -benchmem -timeout 30m $$(go list ./... | grep -v /internal/bench)

.PHONY: bench-cpu
bench-cpu: ## Measure the processor time of a request, all of Postgres included (LOAD_TICKETS="2000 20000 200000")
	@$(NEED) postgres
	go test -run '^$$' -bench CPU -benchtime 2000x -timeout 60m ./internal/bench

