# Everything a developer does here, in one place: `make help` lists it. Works with GNU make 3.81 and any POSIX shell.
# Settings may be given as variables of any target, for example `make dev PORT=4000`: make hands them to the programs.

.DEFAULT_GOAL := help
SHELL := /bin/sh

# A value given by a person is taken as it is: make would otherwise read the $ of a password as one of its variables.
override EMAIL := $(value EMAIL)
override PASSWORD := $(value PASSWORD)
override FILE := $(value FILE)
override MSG := $(value MSG)
override MAP := $(value MAP)
export EMAIL PASSWORD FILE MSG MAP

# Node is asked for its version once, and never for what does without it.
ifneq ($(filter-out help clean,$(or $(MAKECMDGOALS),help)),)
NODE_CHECK := $(shell node -e 'var v = process.versions.node.split("."); console.log(v[0] > 22 || (v[0] == 20 && v[1] >= 19) || (v[0] == 22 && v[1] >= 12) ? "ok" : process.version)' 2>/dev/null)
ifeq ($(NODE_CHECK),)
$(error Tradepost needs Node 20.19 or newer (of 22, 22.12), and there is no node on the PATH: see https://nodejs.org)
endif
ifneq ($(NODE_CHECK),ok)
$(error Tradepost needs Node 20.19 or newer (of 22, 22.12), and this is $(NODE_CHECK): see https://nodejs.org)
endif
endif

BIN := node_modules/.bin
NODE := node --enable-source-maps
KEYS_DIR ?= keys
SOURCES := $(shell find src migrations -type d -o -name '*.ts' ! -name '*.spec.ts' 2>/dev/null) ormconfig.ts test/faults/invariants.sql

.PHONY: help setup dev install-deps setup-env setup-db generate-keys rotate-keys migrate generate-migration seed admin \
	import-catalogue import-categories import-sales rebuild-analytics reconcile run start build status check-redis test test-cache test-money test-integration test-e2e \
	api-http check-invoices bench \
	replay generate lint format check clean

##@ Start here

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## "; print "usage: make TARGET [SETTING=value]" } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' Makefile

dev: install-deps setup-env generate-keys build ## Set everything up, serve, and start again when a source changes
	@node scripts/dev.mjs --watch

setup: install-deps setup-env generate-keys build setup-db ## Everything `make dev` does before it serves

##@ Set up

install-deps: node_modules/.stamp ## Install the packages that package-lock.json names

setup-env: .env ## Make .env, where settings can be written, unless there is one

generate-keys: build ## Make the keys that sign access tokens and encrypt secrets, unless they are there
	@set -- "$(KEYS_DIR)"/*.pem; test -e "$$1" -a -e "$(KEYS_DIR)/secrets.key" || $(NODE) dist/src/cli/generate-keys.js

rotate-keys: build ## Make a new signing key, which signs when every verifier has it; remove those that nobody needs
	@$(NODE) dist/src/cli/rotate-keys.js

setup-db: migrate ## Make the database (an embedded one, unless DATABASE_URL names another) and its tables

migrate: build ## Apply the migrations that are pending
	@$(NODE) dist/src/cli/migrate.js

generate-migration: build ## Write a migration from what the entities say now: MSG=AddCoupons
	@node scripts/generate-migration.mjs "$$MSG"

seed: build generate-keys ## Fill an empty catalogue with demonstration products
	@$(NODE) dist/src/cli/seed.js

admin: build generate-keys ## Make an administrator: EMAIL=… PASSWORD=…
	@test -n "$$EMAIL" && test -n "$$PASSWORD" || { echo 'usage: make admin EMAIL=you@example.com PASSWORD=…' >&2; exit 2; }
	@$(NODE) dist/src/cli/admin.js "--email=$$EMAIL" "--password=$$PASSWORD"

import-catalogue: build generate-keys ## Import products from a CSV or NDJSON file, gzipped or not: FILE=… MAP=…
	@test -n "$$FILE" || { echo 'usage: make import-catalogue FILE=products.csv [MAP=columns.json]' >&2; exit 2; }
	@$(NODE) dist/src/cli/import-catalogue.js "$$FILE" $${MAP:+"--map=$$MAP"}

import-sales: build generate-keys ## Import sales of another system from a CSV or NDJSON file, gzipped or not: FILE=… MAP=… MOVE_STOCK=1
	@test -n "$$FILE" || { echo 'usage: make import-sales FILE=sales.csv [MAP=columns.json] [MOVE_STOCK=1]' >&2; exit 2; }
	@$(NODE) --max-old-space-size=200 --max-semi-space-size=8 dist/src/cli/import-sales.js "$$FILE" $${MAP:+"--map=$$MAP"} \
		$$([ "$${MOVE_STOCK:-0}" = 0 ] || echo --move-stock)

import-categories: build generate-keys ## Import a tree of categories from JSON, gzipped or not: FILE=…
	@test -n "$$FILE" || { echo 'usage: make import-categories FILE=categories.json' >&2; exit 2; }
	@$(NODE) dist/src/cli/import-categories.js "$$FILE"

rebuild-analytics: build ## Make the sums of analytics anew from the sales
	@$(NODE) dist/src/cli/rebuild-analytics.js

reconcile: build ## Prove that levels, sales, payments and invoices agree: every rule, with the rows that break it
	@$(NODE) dist/src/cli/reconcile.js

##@ Serve

run: install-deps setup-env generate-keys build ## Serve what is built, without watching the sources
	@node scripts/dev.mjs

start: build ## Serve as in production: no migration, no demonstration data
	@NODE_ENV="$${NODE_ENV:-production}" exec $(NODE) --max-semi-space-size=8 --initial-old-space-size=90 dist/src/main.js

build: install-deps dist/.stamp ## Compile the sources into dist/

status: ## Ask the server on HOST:PORT how it is
	@node scripts/status.mjs

check-redis: build ## Ask the Redis of REDIS_URL or REDIS_HOST whether it is there
	@$(NODE) dist/src/cli/check-redis.js

##@ Test

test: install-deps ## Run every test
	@node --single-threaded node_modules/jest/bin/jest.js --config jest.together.cjs

test-cache: install-deps ## Run the tests of the cache
	@$(BIN)/jest cache

test-money: install-deps ## Compare the prices of 100,000 random carts, and of 800 sales, with decimal arithmetic; let baskets cross for a minute, and a shop be busy
	@CARTS=100000 RANDOM_SALES=200 CROSSING_SECONDS=60 $(BIN)/jest integration/pricing integration/random-sales integration/sale-races integration/busy-shop

test-integration: install-deps ## Run the tests of services and repositories on PostgreSQL
	@$(BIN)/jest test/integration

test-e2e: install-deps ## Run the journeys over HTTP
	@$(BIN)/jest test/e2e

api-http: build ## Run every request of api.http, with its assertions, against a fresh server
	@node scripts/api-http.mjs

check-invoices: install-deps ## Validate electronic invoices by the rules of EN 16931; needs Java and Maven
	@node --import ./test/support/run-typescript.mjs test/support/check-invoices.ts

bench: build generate-keys ## Measure against a bare server on the same PostgreSQL; ARGS=--quick for half a minute
	@node bench/run.mjs $(ARGS)

replay: build generate-keys ## Replay a year of real sales against a fresh server
	@node bench/replay.mjs $(ARGS)

##@ Keep in order

check: install-deps ## All that must hold before a change is shared: format, lint, types, tests, generated files
	@$(BIN)/biome check --linter-enabled=false --error-on-warnings
	@$(MAKE) --no-print-directory lint test
	@$(MAKE) --no-print-directory build
	@node scripts/generate.mjs --check

format: install-deps ## Format the sources and sort their imports
	@$(BIN)/biome check --write --linter-enabled=false

lint: install-deps ## Check style, types and who may import what; a warning is an error
	@$(BIN)/biome lint --error-on-warnings --diagnostic-level=warn
	@$(BIN)/tsc --noEmit
	@$(BIN)/tsc -p scripts/tsconfig.json
	@$(BIN)/depcruise --config .dependency-cruiser.cjs src migrations ormconfig.ts
	@node scripts/lockfile.mjs

generate: build ## Write anew what is generated: env.example, settings table, docs/data-model.md, docs/openapi.json
	@node scripts/generate.mjs

clean: ## Remove what is built; data, keys and settings stay
	rm -rf dist coverage

# Stamps: nothing is done again until what it is made from has changed.

# Of its warnings, some three packages ask for Node 22 and do well with 20.19, on which every test runs.
node_modules/.stamp: package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.env:
	@cp env.example .env

dist/.stamp: node_modules/.stamp tsconfig.json tsconfig.build.json $(SOURCES)
	@node scripts/build.mjs
