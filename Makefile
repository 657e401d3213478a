# geostance: from a folder of press articles to figures, notebooks and a report.
# Make decides order; the fingerprints under $(DATA)/.fingerprints decide staleness.
# Every rule's target is one regular file that takes its name last, in one move.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# --- What a user may set: make all CONFIG=mine.yml DATA=studies/mine -----------------------
CONFIG := config.yml
DATA := data
EXTRAS :=
# The shell completes a folder with a slash; Make cuts names at spaces, and clean deletes below DATA.
override DATA := $(patsubst %/,%,$(DATA))
ifneq ($(words $(DATA)),1)
$(error DATA is "$(DATA)": name one folder, without a space in its path (articles inside may have any))
endif
# Without articles in data/raw the shipped sample is the corpus.
SAMPLE := $(if $(filter data,$(DATA)),$(if $(wildcard data/raw/*),,yes))
CORPUS := $(if $(SAMPLE),data/sample/articles,$(DATA)/raw)
ANNOTATIONS := $(if $(SAMPLE),data/sample/annotations,$(DATA)/annotations)
# What the researcher decided about the topics, where there is such a file.
EDITS := $(wildcard $(DATA)/topics.yml)
# Texts in several languages, if there are any: pair, language, text.
PARALLEL := $(firstword $(wildcard \
  $(addprefix $(if $(SAMPLE),data/sample,$(DATA))/,parallel.csv parallel.jsonl)))

# Events that a figure over time marks, if there are any: date, label, target.
EVENTS := $(wildcard $(if $(SAMPLE),data/sample,$(DATA))/events.csv)

# --- Where things are ----------------------------------------------------------------------
INTERIM := $(DATA)/interim
PROCESSED := $(DATA)/processed
PUBLISHED := $(DATA)/published
# Answers of a paid service: no goal deletes them.
RESPONSES := $(DATA)/responses
# What several scorers say of the labelled articles: made by its own goal, not by make all.
COMPARISON := $(DATA)/comparison
# What was drawn for coders: no goal deletes it, for the chances of their labels are in it.
SAMPLING := $(DATA)/sampling
# New documents in the topics of another study, FITTED: made by its own goal, each time anew,
# because Make does not see that another study is named.
FITTED :=
ASSIGNED := $(DATA)/assigned
ifeq ($(filter assign-topics,$(MAKECMDGOALS))$(FITTED),assign-topics)
$(error FITTED is not set: name the folder of the study whose topics are wanted)
endif
# Sheets of the tests on coders, their key and the answers: people's work, which no goal deletes.
INTRUSION := $(DATA)/intrusion
# Fits of topics beside the published one, and what is seen when they are held together: made by
# goals of their own.
FITS := $(DATA)/fits
STABILITY := $(DATA)/stability
# What an archive gets; texts only where the researcher says so.
DEPOSIT := $(DATA)/deposit
WITH_TEXT :=
# What was published once, to be made again by a goal of its own.
MANIFEST := $(PUBLISHED)/manifest.json
REPRODUCED := $(DATA)/reproduced
FP := $(DATA)/.fingerprints

FIGURE_IDS := corpus-flow corpus-description documents-over-time topic-map topic-sizes \
  topic-hierarchy topics-over-time topics-by-outlet topic-quality \
  stance-over-time stance-by-outlet stance-by-topic stance-distribution \
  stance-trajectories outlet-map stance-by-topic-and-outlet evidence-wall \
  syndication-network corrected-estimates label-agreement scorer-quality reliability sensitivity
NOTEBOOK_IDS := $(notdir $(basename $(wildcard notebooks/[0-9]*.ipynb)))
# Drawn by goals of their own.
APART_IDS := scorer-comparison topic-stability multiverse
FIGURES := $(FIGURE_IDS:%=$(PUBLISHED)/figures/%.json)
NOTEBOOKS := $(NOTEBOOK_IDS:%=$(PUBLISHED)/notebooks/%.html)

# --- Environment ---------------------------------------------------------------------------
# An active environment made from environment.yml is used; else .venv is made from the lock.
ENV := $(if $(filter geostance,$(CONDA_DEFAULT_ENV)),$(CONDA_PREFIX),.venv)
PYTHON := $(ENV)/bin/python
GEOSTANCE := $(PYTHON) -m geostance
BOOTSTRAP := $(shell command -v python3 || command -v python)
# The state is a checksum, not a date, so that a fresh clone or a pull rebuilds only on change.
LOCK_STATE := $(firstword $(shell cat requirements.lock pyproject.toml tools/environment.py | cksum))

WITHOUT_ENV := help clean clean-all lock
ifneq ($(filter-out $(WITHOUT_ENV),$(or $(MAKECMDGOALS),help)),)
-include $(ENV)/geostance.mk
ifneq ($(ENV_STATE),$(LOCK_STATE))
# Make remakes what it includes under -n too, and this would empty the environment.
ifneq ($(findstring n,$(firstword $(filter-out -% %=%,$(MAKEFLAGS)))),)
$(error the environment $(ENV) is not that of requirements.lock: make env first, then make -n)
endif
$(ENV)/geostance.mk: FORCE
	$(if $(BOOTSTRAP),,$(error Python 3.11 to 3.13 is needed and no python3 was found))
	@echo "environment $(ENV): installing from requirements.lock" >&2
	@$(BOOTSTRAP) tools/environment.py --folder "$(ENV)" --state $(LOCK_STATE)
include $(ENV)/geostance.mk
else
# --- Fingerprints: one look before Make compares dates ---------------------------------------
WITHOUT_FINGERPRINTS := $(WITHOUT_ENV) env test lint format strip docs lab verify reproduce audit encoder stance-model bench
ifneq ($(filter-out $(WITHOUT_FINGERPRINTS),$(MAKECMDGOALS)),)
ifneq ($(shell $(GEOSTANCE) fingerprint --config "$(CONFIG)" --corpus "$(CORPUS)" \
  --annotations "$(ANNOTATIONS)" $(if $(PARALLEL),--parallel "$(PARALLEL)") \
  $(if $(EDITS),--edits "$(EDITS)") $(if $(EVENTS),--events "$(EVENTS)") \
  --notebooks notebooks --figures $(FIGURE_IDS) $(APART_IDS) \
  --output "$(FP)"),ready)
$(error nothing was run: mend what is said above first)
endif
endif
endif
endif

# --- Goals ---------------------------------------------------------------------------------
.PHONY: all env annotate annotate-export annotate-import annotate-plan adjudicate assign-topics compare-scorers \
  intrusion stability multiverse status price deposit verify reproduce audit docs lab test test-browser lint format lock strip \
  encoder stance-model bench clean clean-all help FORCE

## all: clean, measure and publish the corpus; runs only what changed
all: $(PUBLISHED)/manifest.json
	@echo "published: $(PUBLISHED)/report.html" >&2

## env: make or complete the environment (EXTRAS=transformers adds sentence-transformers, dask clusters)
env: $(ENV)/geostance.mk
	@$(if $(EXTRAS),$(BOOTSTRAP) tools/environment.py --folder "$(ENV)" --state $(LOCK_STATE) --extras $(EXTRAS))
	@echo "environment ready: $(ENV)"

## compare-scorers: hold the scorers of the section compare against the labels
compare-scorers: $(COMPARISON)/scorer-comparison.json
	@echo "compared: $(COMPARISON)/comparison.parquet, drawn in scorer-comparison.pdf" >&2

## assign-topics: give the articles of DATA the topics of a study (FITTED=folder)
assign-topics: $(ASSIGNED)/topics.parquet
	@echo "assigned: $< and topic_shares.parquet beside it" >&2
## intrusion: write the sheets of the topic tests for coders, or score those they returned
intrusion: $(INTRUSION)/topic_intrusion.parquet
	@echo "sheets: $(INTRUSION)/sheets; put returned ones in $(INTRUSION)/returned, then run it again" >&2

## stability: hold the topics against fits over other seeds and parts of the documents
stability: $(STABILITY)/topic-stability.json
	@echo "held: $(STABILITY)/topic_stability.parquet, drawn in topic-stability.pdf" >&2

## multiverse: draw the conclusions again under every combination of choices about topics
multiverse: $(STABILITY)/multiverse.json
	@echo "drawn again: $(STABILITY)/multiverse.parquet, drawn in multiverse.pdf" >&2

## status: what each stage did last, and what the next make all would run
status:
	@$(MAKE) -n --no-print-directory all \
	  $(if $(wildcard $(COMPARISON)/*.json),compare-scorers) \
	  $(if $(wildcard $(STABILITY)/topic-stability.json),stability) \
	  $(if $(wildcard $(STABILITY)/multiverse.json),multiverse) 2>/dev/null | $(GEOSTANCE) status --data "$(DATA)"

## price: what a language model's service would take for the mentions; sends nothing
price: $(INTERIM)/cleaned.parquet $(INTERIM)/sentences.parquet
	@$(call RUN,price) --cleaned $< --sentences $(INTERIM)/sentences.parquet --responses $(RESPONSES)

## annotate: draw a round of articles for coders to label (annotation.size in the configuration)
annotate: $(PROCESSED)/estimates.parquet
	@$(call RUN,annotate sample) $(MEASURED) --codebook "$(CODEBOOK)" --output $(FRAME)

## annotate-export: what was drawn, for other tools (TO=label-studio, inception, doccano, csv or xlsx)
annotate-export: $(INTERIM)/cleaned.parquet
	@$(if $(EXPORT_SUFFIX),,echo 'name a tool: TO=label-studio, inception, doccano, csv or xlsx' >&2; exit 2)
	@$(call RUN,annotate export) --frame $(FRAME) --documents $(INTERIM)/documents.parquet \
	  --cleaned $< --codebook "$(CODEBOOK)" --to $(TO) --output $(SAMPLING)/$(TO).$(EXPORT_SUFFIX)

## annotate-import: take labels out of returned files (FILES=...); what is wrong is kept beside
annotate-import: $(INTERIM)/documents.parquet
	@$(call RUN,annotate import) --files $(FILES) --documents $< --output $(DATA)/annotations/imported.jsonl

## annotate-plan: how wide intervals will be, by the number of labels
annotate-plan: $(PROCESSED)/estimates.parquet
	@$(call RUN,annotate plan) --unique $(INTERIM)/unique.parquet \
	  --stance $(PROCESSED)/stance.parquet --quality $(PROCESSED)/scorer_quality.parquet

## adjudicate: write the sheet in which a senior coder decides where coders disagree
adjudicate: $(PROCESSED)/estimates.parquet
	@$(call RUN,annotate adjudicate) --disagreements $(PROCESSED)/disagreements.parquet \
	  --documents $(INTERIM)/documents.parquet --cleaned $(INTERIM)/cleaned.parquet \
	  --output $(SAMPLING)/adjudication.csv

## deposit: make the folder and ZIP file for an archive, without texts (WITH_TEXT=yes: with them)
deposit: $(DEPOSIT).zip
	@echo "deposit: $(DEPOSIT) and $<" >&2

## verify: check every published file against the manifest, or a deposit (DATA=folder of the deposit)
verify:
	@$(GEOSTANCE) verify "$(if $(wildcard $(DATA)/SHA256SUMS),$(DATA),$(PUBLISHED))"

## reproduce: make a published study again beside it and hold the two together (MANIFEST=file)
reproduce:
	@$(GEOSTANCE) reproduce --manifest "$(MANIFEST)" --corpus "$(CORPUS)" \
	  --annotations "$(ANNOTATIONS)" $(if $(PARALLEL),--parallel "$(PARALLEL)") \
	  $(if $(EDITS),--edits "$(EDITS)") $(if $(EVENTS),--events "$(EVENTS)") \
	  --responses "$(RESPONSES)" $(if $(DRAWN),--frame $(DRAWN)) $(if $(COMPARED),--compared $(COMPARED)) \
	  --output $(REPRODUCED)

## audit: look up the licences and known weaknesses of the locked packages (needs pip-licenses, pip-audit)
audit:
	@$(PYTHON) tools/audit.py licences
	@$(PYTHON) tools/audit.py advisories

## docs: build the documentation as a site in build/site (needs EXTRAS=docs)
docs:
	@NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build
	@echo "site: build/site/index.html" >&2

## lab: open the notebooks in JupyterLab
lab:
	@GEOSTANCE_PUBLISHED="$(abspath $(PUBLISHED))" $(PYTHON) -m jupyterlab notebooks

## test: run the tests
test:
	@$(PYTHON) -m pytest -n auto --dist loadfile

## test-browser: use the report in a real Chromium, the study's and one of 20,000 documents; time it
test-browser: $(PUBLISHED)/report.html
	@GEOSTANCE_REPORT="$(abspath $<)" $(PYTHON) -m pytest tests/browser
	@$(PYTHON) -m benchmarks.report --json build/benchmarks/report.json

## lint: check style and imports
lint:
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

## format: rewrite the code in the house style
format:
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

## lock: solve requirements.lock again (needs uv)
lock:
	@uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet --output-file requirements.lock

## strip: take the outputs out of the notebooks
strip:
	@$(PYTHON) -m nbconvert --clear-output --inplace --log-level=ERROR notebooks/*.ipynb

## encoder: train the embedded encoder again (PAIRS=file; needs EXTRAS=train)
encoder:
	@$(PYTHON) -m geostance.train.encoder --pairs "$(PAIRS)" --press $(PRESS) \
	  --work build-models/encoder --output src/geostance/models/encoder

## stance-model: train the embedded stance scorer again (STANCE_DATA=folder TEACHER=folder; needs EXTRAS=train)
stance-model:
	@$(PYTHON) -m geostance.train.stance --data "$(STANCE_DATA)" --teacher "$(TEACHER)" \
	  --work build-models/stance --output src/geostance/models/stance

## bench: measure encoder, languages, scorer, cleaning, readers, copies and pipeline (GEOSTANCE_DATA=folder)
bench:
	@for name in encoder language stance cleaning readers duplicates estimates pipeline; do \
	  $(PYTHON) -m benchmarks.$$name --json build/benchmarks/$$name.json || exit 1; done

## clean: delete everything that make all can build again
clean:
	@rm -rf "$(INTERIM)" "$(PROCESSED)" "$(PUBLISHED)" "$(COMPARISON)" "$(ASSIGNED)" \
	  "$(STABILITY)" "$(FITS)" "$(DEPOSIT)" "$(DEPOSIT).zip" "$(REPRODUCED)" "$(FP)"

## clean-all: clean, and delete the environment
clean-all: clean
	@rm -rf .venv

## help: this list
help:
	@sed -n 's/^## /  make /p' Makefile

FORCE:

# --- The workflow --------------------------------------------------------------------------
RUN = $(GEOSTANCE) $(1) --config "$(CONFIG)"
FRAME := $(SAMPLING)/frame.parquet
# What coders are asked; drawing puts the package's there, to be made the study's own.
CODEBOOK := $(DATA)/codebook.yml
TO :=
EXPORT_SUFFIX := $(patsubst $(TO)-%,%,$(filter $(TO)-%,label-studio-json inception-zip doccano-jsonl csv-csv xlsx-xlsx))
# The labels of the shipped sample were drawn by its authors.
DRAWN := $(if $(SAMPLE),,$(wildcard $(FRAME)))
# What other scorers say of the labelled articles, where they were compared.
COMPARED := $(wildcard $(COMPARISON)/compared.parquet)
MEASURED := --documents $(INTERIM)/documents.parquet --unique $(INTERIM)/unique.parquet \
  --cleaned $(INTERIM)/cleaned.parquet --topics $(PROCESSED)/topics.parquet \
  --stance $(PROCESSED)/stance.parquet

$(INTERIM)/documents.parquet: $(FP)/ingest.json
	@$(call RUN,ingest) --corpus "$(CORPUS)" --output $@

$(INTERIM)/cleaned.parquet: $(INTERIM)/documents.parquet $(FP)/clean.json
	@$(call RUN,clean) --documents $< --fingerprint $(FP)/clean.json --output $@

$(INTERIM)/unique.parquet: $(INTERIM)/documents.parquet $(INTERIM)/cleaned.parquet $(FP)/duplicates.json
	@$(call RUN,duplicates) --documents $< --cleaned $(INTERIM)/cleaned.parquet --output $@

$(PROCESSED)/description.parquet: $(INTERIM)/documents.parquet $(INTERIM)/cleaned.parquet \
  $(INTERIM)/unique.parquet $(FP)/corpus-describe.json
	@$(call RUN,corpus describe) --documents $< --rejected $(INTERIM)/rejected.parquet \
	  --cleaned $(INTERIM)/cleaned.parquet --unique $(INTERIM)/unique.parquet --output $@

$(INTERIM)/sentences.parquet: $(INTERIM)/cleaned.parquet $(FP)/sentences.json
	@$(call RUN,sentences) --cleaned $< --fingerprint $(FP)/sentences.json --output $@

$(INTERIM)/embeddings.parquet: $(INTERIM)/sentences.parquet $(FP)/embed.json
	@$(call RUN,embed) --sentences $< --fingerprint $(FP)/embed.json --output $@

$(PROCESSED)/topics_fitted.parquet: $(INTERIM)/cleaned.parquet $(INTERIM)/unique.parquet \
  $(INTERIM)/embeddings.parquet $(FP)/topics-fit.json
	@$(call RUN,topics fit) --cleaned $< --unique $(INTERIM)/unique.parquet \
	  --sentences $(INTERIM)/sentences.parquet --embeddings $(INTERIM)/embeddings.parquet \
	  --fits $(FITS) --output $@

$(PROCESSED)/topics.parquet: $(INTERIM)/documents.parquet $(INTERIM)/cleaned.parquet \
  $(INTERIM)/unique.parquet $(INTERIM)/embeddings.parquet $(PROCESSED)/topics_fitted.parquet \
  $(FP)/topics-describe.json
	@$(call RUN,topics describe) --fitted $(PROCESSED)/topics_fitted.parquet --documents $< \
	  --cleaned $(INTERIM)/cleaned.parquet --unique $(INTERIM)/unique.parquet \
	  --sentences $(INTERIM)/sentences.parquet --embeddings $(INTERIM)/embeddings.parquet \
	  --responses $(RESPONSES) $(if $(EDITS),--edits "$(EDITS)") --output $@

$(ASSIGNED)/topics.parquet: $(INTERIM)/cleaned.parquet $(INTERIM)/embeddings.parquet FORCE
	@$(call RUN,topics assign) --cleaned $< --sentences $(INTERIM)/sentences.parquet \
	  --embeddings $(INTERIM)/embeddings.parquet --tables $(FITTED)/processed $(FITTED)/interim \
	  --output $@

$(PROCESSED)/topic_quality.parquet: $(INTERIM)/documents.parquet $(INTERIM)/cleaned.parquet \
  $(INTERIM)/unique.parquet $(INTERIM)/embeddings.parquet $(PROCESSED)/topics.parquet $(FP)/topics-assess.json
	@$(call RUN,topics assess) --documents $< --cleaned $(INTERIM)/cleaned.parquet \
	  --unique $(INTERIM)/unique.parquet --embeddings $(INTERIM)/embeddings.parquet \
	  --topics $(PROCESSED)/topics.parquet $(if $(PARALLEL),--parallel "$(PARALLEL)") --output $@

$(PROCESSED)/mentions.parquet: $(INTERIM)/cleaned.parquet $(INTERIM)/sentences.parquet $(FP)/mentions.json
	@$(call RUN,mentions) --cleaned $< --sentences $(INTERIM)/sentences.parquet \
	  --responses $(RESPONSES) --fingerprint $(FP)/mentions.json --output $@

$(PROCESSED)/stance.parquet: $(INTERIM)/cleaned.parquet $(PROCESSED)/mentions.parquet $(FP)/stance.json
	@$(call RUN,stance) --cleaned $< --mentions $(PROCESSED)/mentions.parquet --output $@

$(PROCESSED)/estimates.parquet: $(INTERIM)/documents.parquet $(INTERIM)/unique.parquet \
  $(INTERIM)/cleaned.parquet $(INTERIM)/sentences.parquet $(PROCESSED)/topics.parquet \
  $(PROCESSED)/stance.parquet $(FP)/validate.json $(DRAWN)
	@$(call RUN,validate) --annotations "$(ANNOTATIONS)" $(MEASURED) \
	  --sentences $(INTERIM)/sentences.parquet $(if $(DRAWN),--frame $(DRAWN)) --output $@

$(PROCESSED)/sensitivity.parquet: $(INTERIM)/documents.parquet $(INTERIM)/unique.parquet \
  $(INTERIM)/cleaned.parquet $(PROCESSED)/topics.parquet $(PROCESSED)/mentions.parquet \
  $(FP)/sensitivity.json $(DRAWN) $(COMPARED)
	@$(call RUN,sensitivity) --annotations "$(ANNOTATIONS)" --documents $< \
	  --unique $(INTERIM)/unique.parquet --cleaned $(INTERIM)/cleaned.parquet \
	  --topics $(PROCESSED)/topics.parquet --mentions $(PROCESSED)/mentions.parquet \
	  $(if $(DRAWN),--frame $(DRAWN)) $(if $(COMPARED),--compared $(COMPARED)) --output $@

# These are written last of all tables: what follows them follows all.
LAST := $(PROCESSED)/description.parquet $(PROCESSED)/topic_quality.parquet \
  $(PROCESSED)/estimates.parquet $(PROCESSED)/sensitivity.parquet
TABLES := --tables $(PROCESSED) $(INTERIM)

$(PUBLISHED)/tables.json: $(LAST) $(FP)/tables.json
	@$(call RUN,tables) $(TABLES) --output $@

$(FIGURES): $(PUBLISHED)/figures/%.json: $(LAST) $(FP)/figure-%.json
	@$(call RUN,figure) --figure $* $(TABLES) $(if $(EVENTS),--events "$(EVENTS)") \
	  --fingerprint $(FP)/figure-$*.json --output $@

$(NOTEBOOKS): $(PUBLISHED)/notebooks/%.html: $(PUBLISHED)/tables.json $(FIGURES) $(FP)/notebook-%.json
	@$(call RUN,notebook) --notebook notebooks/$*.ipynb --published $(PUBLISHED) --output $@

$(PUBLISHED)/report.html: $(PUBLISHED)/tables.json $(FIGURES) $(FP)/report.json
	@$(call RUN,report) $(TABLES) --figures $(PUBLISHED)/figures --corpus "$(CORPUS)" \
	  --annotations "$(ANNOTATIONS)" --output $@

# Of goals of their own the methods tell what is there. Their run records are no targets: a new one
# counts, and nothing is made again for it.
APART := $(STABILITY) $(INTRUSION) $(if $(SAMPLE),,$(SAMPLING))
$(PUBLISHED)/methods.md: $(PUBLISHED)/tables.json $(FP)/methods.json \
  $(wildcard $(APART:%=%/*.parquet.run.json))
	@$(call RUN,methods) $(TABLES) --apart $(APART) --references $(PUBLISHED)/references.bib \
	  --output $@

$(PUBLISHED)/data-card.md: $(PUBLISHED)/tables.json $(FP)/data-card.json
	@$(call RUN,data-card) $(TABLES) --output $@

$(PUBLISHED)/manifest.json: $(FIGURES) $(NOTEBOOKS) $(PUBLISHED)/report.html \
  $(PUBLISHED)/methods.md $(PUBLISHED)/data-card.md $(FP)/manifest.json
	@$(call RUN,manifest) --config-file "$(CONFIG)" --lock requirements.lock \
	  --published $(PUBLISHED) --output $@

# Made each time anew, because Make does not see whether texts are wanted.
$(DEPOSIT).zip: $(PUBLISHED)/manifest.json $(FP)/deposit.json FORCE
	@$(call RUN,deposit) --published $(PUBLISHED) $(TABLES) --apart $(APART) $(COMPARISON) \
	  --notebooks $(NOTEBOOK_IDS:%=notebooks/%.ipynb) --environment "$(CONFIG)" requirements.lock \
	  pyproject.toml environment.yml Makefile docs/tables.md $(EDITS) $(EVENTS) \
	  $(wildcard $(CODEBOOK)) \
	  $(if $(filter yes,$(WITH_TEXT)),--with-text) --output $@

$(COMPARISON)/comparison.parquet: $(INTERIM)/documents.parquet $(INTERIM)/cleaned.parquet \
  $(INTERIM)/sentences.parquet $(FP)/compare-scorers.json $(DRAWN)
	@$(call RUN,compare-scorers) --annotations "$(ANNOTATIONS)" --documents $< \
	  --cleaned $(INTERIM)/cleaned.parquet --sentences $(INTERIM)/sentences.parquet \
	  --responses $(RESPONSES) $(if $(DRAWN),--frame $(DRAWN)) --output $@

$(COMPARISON)/scorer-comparison.json: $(COMPARISON)/comparison.parquet \
  $(FP)/figure-scorer-comparison.json
	@$(call RUN,figure) --figure scorer-comparison --tables $(COMPARISON) \
	  --fingerprint $(FP)/figure-scorer-comparison.json --output $@

# Whether there are answers is seen by the stage itself.
$(INTRUSION)/topic_intrusion.parquet: $(INTERIM)/cleaned.parquet $(PROCESSED)/topics.parquet \
  $(FP)/topics-intrusion.json FORCE
	@$(call RUN,topics intrusion) --topics $(PROCESSED)/topics.parquet --cleaned $< \
	  --returned $(INTRUSION)/returned --output $@

$(STABILITY)/topic_stability.parquet: $(PROCESSED)/topics.parquet $(FP)/topics-stability.json
	@$(call RUN,topics stability) --cleaned $(INTERIM)/cleaned.parquet \
	  --unique $(INTERIM)/unique.parquet --sentences $(INTERIM)/sentences.parquet \
	  --embeddings $(INTERIM)/embeddings.parquet --topics $< --fits $(FITS) --output $@

$(STABILITY)/multiverse.parquet: $(PROCESSED)/topics.parquet $(PROCESSED)/stance.parquet \
  $(FP)/topics-multiverse.json
	@$(call RUN,topics multiverse) --documents $(INTERIM)/documents.parquet \
	  --cleaned $(INTERIM)/cleaned.parquet --unique $(INTERIM)/unique.parquet \
	  --sentences $(INTERIM)/sentences.parquet --embeddings $(INTERIM)/embeddings.parquet \
	  --topics $< --stance $(PROCESSED)/stance.parquet --fits $(FITS) --output $@

$(STABILITY)/topic-stability.json: $(STABILITY)/topic_stability.parquet \
  $(FP)/figure-topic-stability.json
	@$(call RUN,figure) --figure topic-stability --tables $(STABILITY) \
	  --fingerprint $(FP)/figure-topic-stability.json --output $@

$(STABILITY)/multiverse.json: $(STABILITY)/multiverse.parquet $(FP)/figure-multiverse.json
	@$(call RUN,figure) --figure multiverse --tables $(STABILITY) \
	  --fingerprint $(FP)/figure-multiverse.json --output $@
