# Every task in one place. Needs Go; the tests bring the rest by themselves.
BUF := go tool -modfile=tools/go.mod buf
# Two cores: one test binary at a time leaves the other to the server it tests.
GOTEST := go test -race -shuffle=on -p 2 -timeout 30m

.PHONY: help build dev test check protodeps lint gen breaking fuzz campaign bench clean
help:            ## Show the tasks.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

build:           ## Build bin/holdplane.
	go build -trimpath -ldflags '-s -w' -o bin/holdplane ./cmd/holdplane

dev: build       ## Run everything in one process, ready to try.
	bin/holdplane dev

test: check      ## Run all checks and tests, the SDKs' included.
	./e2e/install.sh
	./scripts/install-servers.sh
	$(GOTEST) ./...

check: lint      ## Check that generated code is what the protos give, and vet.
	$(BUF) generate
	git add -N gen && git diff --exit-code -- gen
	scripts/proto-breaking.sh
	go vet ./...
	test -z "$$(gofmt -l $$(git ls-files '*.go'))"

protodeps:       ## Fill third_party/proto from what go.mod pins.
	go run ./internal/tools/protodeps

lint: protodeps  ## Lint the protos.
	$(BUF) format -d --exit-code proto
	$(BUF) lint

gen: protodeps   ## Generate code from the protos.
	$(BUF) generate

breaking: protodeps ## Compare the protos with those of BASE (a git revision).
	scripts/proto-breaking.sh $(BASE)

fuzz:            ## Fuzz every decoder, FUZZTIME each (default 20s).
	scripts/fuzz.sh $(or $(FUZZTIME),20s)

campaign:        ## Run the long campaigns: malformed input, kill -9, exact limits.
	HOLDPLANE_CAMPAIGN=1 go test -count=1 -timeout 2h -v -run 'Campaign' ./...

bench:           ## Measure against bare floors.
	go run ./bench

clean:           ## Remove what was built.
	rm -rf bin
