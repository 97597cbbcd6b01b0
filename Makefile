# Everything that a contributor types; plain `make` lists it. Needs npm, or the pinned Deno on PATH.
export DENO_TLS_CA_STORE ?= system,mozilla
# Set only for the one command that needs it, because it overrides the runtime stub of every target.
unexport DENORT_BIN

deno := build/deno
programs := dist/claude-multi dist/claude-multi-statusline
# Folders are listed too: adding or removing a file counts as a change.
sources := $(shell find cli.ts statusline.ts lib shell deno.json deno.lock \
  $(addprefix build/,deno-version toolchain.lock programs.ts toolchain.ts executables.ts targets.ts \
  bundle.ts parts.ts files.ts loader.js bytecode.ts train.js compile.ts) \
  $(addprefix tests/,bench/transcripts.ts fixtures/hooks \
  fixtures/statusline-05-after-turn-with-ratelimits.json \
  helpers/fake_claude.ts helpers/identity.ts helpers/paths.ts helpers/temp_home.ts))
# Which kind of build is in dist/: asking for another one counts as a change too.
kind := dist/.kind-bytecode$(BYTECODE)-readable$(READABLE)

help: ## List the targets
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

build: $(programs) ## Build both executables into dist/; BYTECODE=0 builds faster, and starts slower

$(programs): $(sources) $(kind)
	@$(deno) run -A build/programs.ts $(@F)

$(kind):
	@mkdir -p dist && rm -f dist/.kind-* && touch $@

test: build ## Run all tests except e2e; ARGS="tests/balance/ranking_test.ts" runs only some
	@$(deno) run -A build/run_tests.ts unit $(ARGS)

ok: ## Run every check that doesn't need the real client: fmt, check, lint, test
	$(deno) fmt --check
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test

fmt: ## Format the sources
	$(deno) fmt

lint: ## Lint the sources, doc comments, shell files and workflows
	$(deno) lint
	$(deno) lint --rules-include=no-console,explicit-module-boundary-types lib
	@build/doc-lint lib/ports/*.ts lib/balance/*.ts lib/config/*.ts lib/text/*.ts
	@build/shell-lint
	@$(deno) run -A build/workflow_lint.ts

check: ## Check types
	$(deno) check -q .

e2e: build ## Run the tests with the real Claude Code and a mock of its service; CLAUDE=2.1.300, oldest, latest
	@E2E_CLAUDE="$(CLAUDE)" $(deno) run -A build/run_tests.ts e2e $(ARGS)

clients: build ## Run make e2e with every supported Claude Code, and write docs/compatibility.md
	@$(deno) run -A build/clients.ts $(ARGS)

rehearsal: ## Build a release, publish it to a loopback server, and install it in every way that works here
	@$(deno) run -A build/run_tests.ts release $(ARGS)

demo: build ## Show what the programs do, in a throw-away home
	@$(deno) run -A tests/e2e/demo.ts

bench: build ## Compare start-up times with hello world; fails if one is over its goal; N=40 pairs of runs
	@over=0; $(deno) run -A tests/bench/bench.ts $(or $(N),20) || over=1; \
	  $(deno) run -A tests/bench/statusline_sizes.ts $(or $(N),20) $(or $(LARGEST_MB),1000) || over=1; \
	  exit $$over

fuzz: build ## Run the property tests longer, and feed damaged input to the status line; FUZZ_RUNS=5000
	@$(deno) run -A build/run_tests.ts fuzz $(ARGS)
	@$(deno) run -A tests/fuzz/statusline_fuzz.ts \
	  $(or $(PAYLOADS),100000) $(or $(TRANSCRIPTS),10000) $(or $(SEED),1)

screenshots: build ## Draw the pictures in the README from what the programs print
	@$(deno) run -A tests/pictures/draw.ts

docs: ## Write the man pages and the generated parts of the docs
	@$(deno) run -A build/docs.ts

release: ## Build the archives into dist/release; TARGETS="linux-x64" some, RELEASE=1 with the official Deno only
	@$(deno) run -A build/release.ts

npm: ## Make npm packages of the archives in dist/release
	@$(deno) run -A build/packages/npm.ts

deb: ## Make Debian packages of the archives in dist/release; needs dpkg-deb
	@$(deno) run -A build/packages/deb.ts

formula: ## Make the Homebrew formula of the archives in dist/release; RELEASES is their address
	@$(deno) run -A build/packages/formula.ts

install: build ## Install into PREFIX/bin (default: ~/.claude-multi/bin)
	@build/install "$(PREFIX)"

clean: ## Remove dist/; the toolchain in .tools/ stays
	rm -rf dist

.PHONY: help build test ok fmt lint check e2e clients rehearsal demo bench fuzz screenshots docs release npm deb formula install clean
