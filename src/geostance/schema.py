"""Column names, types and units of every table; checked on write and on read.

Counts are ``n_*``, shares in [0, 1] are ``*_share``, dates are ISO dates and
languages BCP 47 tags. A table may hold further columns (what the source gave);
those named here must be there with these types.
"""

import polars as pl

from geostance.errors import SchemaError

BLOCK = pl.Struct(
    {
        "text": pl.String,
        "start": pl.Int64,
        "end": pl.Int64,
        "kept": pl.Boolean,
        "reason": pl.String,
    }
)

PORTRAYAL = {"p_unfavourable": pl.Float64, "p_neutral": pl.Float64, "p_favourable": pl.Float64}

# What is held against something else, with its test. A family are the n_compared comparisons of one
# target, unit, quantity and method that could be tested, of one grouping or regression.
# low and high hold their own difference with the level of confidence; low_all and high_all
# (Bonferroni) all of the family at once. p_adjusted is Holm's: calling what is below .05 a
# difference errs even once in the family in at most one of twenty studies.
COMPARED = {
    "unit": pl.String,
    "quantity": pl.String,
    "method": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "low_all": pl.Float64,
    "high_all": pl.Float64,
    "p_value": pl.Float64,
    "p_adjusted": pl.Float64,
    "n_compared": pl.Int64,
    "n_documents": pl.Int64,
    "n_labels": pl.Int64,
}

TABLES: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    # One row per article as it was read. date is null when unknown; date_precision is
    # day, month, season, year or null. language is what the source declared, or null.
    "documents": {
        "doc_id": pl.String,
        "source": pl.String,
        "position": pl.Int64,
        "outlet": pl.String,
        "title": pl.String,
        "date": pl.Date,
        "date_precision": pl.String,
        "url": pl.String,
        "language": pl.String,
        "text": pl.String,
    },
    # Records that could not be read, with the reason; nothing is lost.
    "rejected": {
        "source": pl.String,
        "position": pl.Int64,
        "reason": pl.String,
        "excerpt": pl.String,
    },
    # text is the kept body without the headline; blocks hold offsets into documents.text.
    # dropped_reason is null for the documents that go on.
    "cleaned": {
        "doc_id": pl.String,
        "title": pl.String,
        "text": pl.String,
        "language": pl.String,
        "language_confidence": pl.Float64,
        "dropped_reason": pl.String,
        "blocks": pl.List(BLOCK),
    },
    # One row per dropped block, so that every loss can be looked up. rule is the rule or the
    # file of phrases that decided; outlet_share the share of the outlet's articles that the
    # line is in, where that was the reason. start and end are offsets into documents.text.
    "dropped": {
        "doc_id": pl.String,
        "outlet": pl.String,
        "start": pl.Int64,
        "end": pl.Int64,
        "text": pl.String,
        "reason": pl.String,
        "rule": pl.String,
        "outlet_share": pl.Float64,
    },
    # A cluster bears the doc_id of its representative, the copy printed first. relation is
    # what the document is to it: representative, exact, near, cut (it holds a part of the
    # representative) or extended (it holds more). similarity is the share of the shingles of
    # both bodies that both have (Jaccard), containment that of the smaller body's that the
    # larger has, both in [0, 1].
    "unique": {
        "doc_id": pl.String,
        "cluster_id": pl.String,
        "cluster_size": pl.Int64,
        "is_representative": pl.Boolean,
        "relation": pl.String,
        "similarity": pl.Float64,
        "containment": pl.Float64,
    },
    # One row per cluster of two documents or more. Dates are those known to the day; outlets
    # come in the order in which they first printed the text.
    "syndication": {
        "cluster_id": pl.String,
        "first_doc_id": pl.String,
        "first_date": pl.Date,
        "last_date": pl.Date,
        "spread_days": pl.Int64,
        "n_printed": pl.Int64,
        "n_outlets": pl.Int64,
        "outlets": pl.List(pl.String),
        "title": pl.String,
    },
    # The documents kept, by group. grouping is all, outlet, language, year or words: there group
    # is the fewest words of a class that doubles. n_distinct counts each text once, however
    # often it was printed; words are those of the cleaned texts.
    "description": {
        "grouping": pl.String,
        "group": pl.String,
        "n_documents": pl.Int64,
        "n_distinct": pl.Int64,
        "n_outlets": pl.Int64,
        "first_date": pl.Date,
        "last_date": pl.Date,
        "n_undated": pl.Int64,
        "n_untitled": pl.Int64,
        "n_words": pl.Int64,
        "median_words": pl.Float64,
    },
    # How many of the documents kept lack what a source may give; null share without documents.
    "missing": {
        "field": pl.String,
        "n_missing": pl.Int64,
        "n_documents": pl.Int64,
        "missing_share": pl.Float64,
    },
    # What was lost and why. step is rejected (of records), set_aside (of documents), copy (of
    # documents kept) or block (of blocks); share is of these. n_documents are those concerned.
    "losses": {
        "step": pl.String,
        "reason": pl.String,
        "n": pl.Int64,
        "n_documents": pl.Int64,
        "share": pl.Float64,
    },
    # start and end are offsets into full_text(title, text) of the cleaned document.
    "sentences": {
        "doc_id": pl.String,
        "sentence_id": pl.String,
        "start": pl.Int64,
        "end": pl.Int64,
        "text": pl.String,
    },
    "embeddings": {"sentence_id": pl.String, "doc_id": pl.String, "vector": pl.Array},
    # topic −1 is the outliers; x and y are the map's coordinates, without unit. topic_found is the
    # topic before outliers were given to the nearest. probability is the strength of membership
    # in [0, 1], of a document near a zero-shot theme its cosine with it; 0 for topic_found −1.
    "topics": {
        "doc_id": pl.String,
        "topic": pl.Int64,
        "probability": pl.Float64,
        "x": pl.Float64,
        "y": pl.Float64,
        "topic_found": pl.Int64,
    },
    # How far a document is of each topic; its shares sum to 1, outliers (−1) included.
    "topic_shares": {"doc_id": pl.String, "topic": pl.Int64, "share": pl.Float64},
    # Where passages are clustered, each of them; start and end are offsets into
    # full_text(title, text) of the cleaned document. Without rows where documents are.
    "topic_passages": {
        "doc_id": pl.String,
        "passage": pl.Int64,
        "start": pl.Int64,
        "end": pl.Int64,
        "n_words": pl.Int64,
        "topic": pl.Int64,
        "probability": pl.Float64,
        "x": pl.Float64,
        "y": pl.Float64,
        "topic_found": pl.Int64,
    },
    # language is a BCP 47 tag, or "mul" for the words over all languages together. word may be a
    # term of several words; it is in small letters, shown as it is most often written. weight is
    # the figure it was chosen by, in the unit of topics.representation.
    "topic_words": {
        "topic": pl.Int64,
        "language": pl.String,
        "rank": pl.Int64,
        "word": pl.String,
        "shown": pl.String,
        "weight": pl.Float64,
    },
    "topic_info": {
        "topic": pl.Int64,
        "label": pl.String,
        "n_documents": pl.Int64,
        "representative_doc_ids": pl.List(pl.String),
    },
    # One row per edit of the researcher's topics.yml, in its order. fitted_topic is the number in
    # the fit, topic the published one, null where the edit is lost. Overlaps are the shares of the
    # edit's documents, and of its words, that the topic has; null where the edit has none of them
    # in the corpus. status is applied, drifted (applied, with a warning) or lost.
    "topic_edits": {
        "edit": pl.Int64,
        "fitted_topic": pl.Int64,
        "topic": pl.Int64,
        "name": pl.String,
        "merge": pl.String,
        "mark": pl.String,
        "note": pl.String,
        "document_overlap": pl.Float64,
        "word_overlap": pl.Float64,
        "n_documents": pl.Int64,
        "status": pl.String,
    },
    # The documents nearest to the centre of each topic of the fit, over all languages and in
    # each; ranks from 1, similarity the cosine to the centre.
    "topic_centres": {
        "topic": pl.Int64,
        "rank": pl.Int64,
        "language": pl.String,
        "language_rank": pl.Int64,
        "doc_id": pl.String,
        "similarity": pl.Float64,
    },
    # One row per task of the intrusion tests; kind is words or documents. intruder is the number
    # of the option that does not belong, from 1; intruder_topic where it is from.
    "intrusion_key": {
        "task": pl.String,
        "kind": pl.String,
        "language": pl.String,
        "topic": pl.Int64,
        "options": pl.List(pl.String),
        "intruder": pl.Int64,
        "intruder_topic": pl.Int64,
    },
    # measure is model_precision (share of answers that found the intruder) or coder_alpha
    # (nominal Krippendorff's alpha). topic is null for all topics together, language mul for all
    # languages; chance is what blind guesses would give.
    "topic_intrusion": {
        "kind": pl.String,
        "topic": pl.Int64,
        "language": pl.String,
        "measure": pl.String,
        "estimate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "chance": pl.Float64,
        "n_answers": pl.Int64,
        "n_tasks": pl.Int64,
        "n_coders": pl.Int64,
    },
    # The documents that stand for a topic in a language. reason is central (nearest to the mean
    # of the topic's documents in that language), typical_words (holds most of its words),
    # earliest (of the central half, by a date known to the day) or varied (central, and unlike
    # those before). similarity is the cosine with that mean.
    "topic_documents": {
        "topic": pl.Int64,
        "language": pl.String,
        "rank": pl.Int64,
        "doc_id": pl.String,
        "reason": pl.String,
        "similarity": pl.Float64,
    },
    # A tree of topics: leaves have a topic, the others a left and a right node that were joined
    # at a distance (1 minus the cosine, averaged over pairs of topics). words are those of all
    # languages together.
    "topic_hierarchy": {
        "node": pl.Int64,
        "topic": pl.Int64,
        "left": pl.Int64,
        "right": pl.Int64,
        "distance": pl.Float64,
        "n_topics": pl.Int64,
        "n_documents": pl.Int64,
        "words": pl.List(pl.String),
    },
    # The share of a group's documents that a topic has, with its 95 % interval; topic −1 is the
    # outliers, so that the shares of a group sum to 1. grouping is all, month, quarter, year,
    # outlet or language; n_group are the group's documents in that unit (distinct texts, or
    # articles as printed). Documents whose date does not tell the period are in none.
    "topic_trends": {
        "topic": pl.Int64,
        "grouping": pl.String,
        "group": pl.String,
        "unit": pl.String,
        "n": pl.Int64,
        "n_group": pl.Int64,
        "share": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    },
    # topic is null for all topics together, language for all languages. unit is distinct,
    # printed or, where texts are not counted, null. n is what the estimate rests on: documents,
    # of npmi and c_v those of the reference, of diversity words, of pairs_together pairs.
    "topic_quality": {
        "topic": pl.Int64,
        "language": pl.String,
        "unit": pl.String,
        "measure": pl.String,
        "estimate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "n": pl.Int64,
    },
    # What a reader should look into before trusting a topic, or (topic null) all of them.
    # estimate is beyond limit; group names the language, outlet or doc_id it is about, if any.
    "topic_flags": {
        "topic": pl.Int64,
        "flag": pl.String,
        "group": pl.String,
        "estimate": pl.Float64,
        "limit": pl.Float64,
    },
    # Distinct texts of topics by language; p_value is the probability of so many or more if
    # languages were dealt out at random among the texts.
    "topic_languages": {
        "topic": pl.Int64,
        "language": pl.String,
        "n_documents": pl.Int64,
        "share": pl.Float64,
        "corpus_share": pl.Float64,
        "p_value": pl.Float64,
    },
    # The parallel texts given, each with the topic (−1: none) most of its nearest documents
    # have, and their share in [0, 1].
    "topic_pairs": {
        "pair": pl.String,
        "language": pl.String,
        "topic": pl.Int64,
        "share": pl.Float64,
        "text": pl.String,
    },
    # The documents of one fit among many, each with its topic; where passages were clustered,
    # their rows too. passage is null for a document as a whole.
    "fit_assignments": {"doc_id": pl.String, "passage": pl.Int64, "topic": pl.Int64},
    # Each published topic held against other fits. fits is all, seed (of all documents) or
    # subsample (of a part). A topic recurs in a fit that has one whose documents overlap with its
    # own by level at least (Jaccard, of the documents that both saw); low and high bound the
    # recurrence (Wilson). overlap and overlap_min are mean and least over the fits, 0 where none
    # belongs to it; word_overlap is the Jaccard overlap of the words.
    "topic_stability": {
        "topic": pl.Int64,
        "label": pl.String,
        "n_documents": pl.Int64,
        "fits": pl.String,
        "n_fits": pl.Int64,
        "n_recurred": pl.Int64,
        "recurrence": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "overlap": pl.Float64,
        "overlap_min": pl.Float64,
        "word_overlap": pl.Float64,
        "level": pl.Float64,
        "confidence": pl.Float64,
    },
    # consensus is the share of the n_fits fits which saw the document in which it is where most
    # of its topic's documents are, companions the mean share of these that are with it; of an
    # outlier, the share in which it is one again. Null where no fit saw it.
    "document_consensus": {
        "doc_id": pl.String,
        "topic": pl.Int64,
        "n_fits": pl.Int64,
        "consensus": pl.Float64,
        "companions": pl.Float64,
    },
    # kind is seed, subsample, again (the published fit made again) or shuffled (from rows in
    # another order). ari and ami are to the published topics, those of others to the other fits:
    # mean, least and greatest; outliers are one group. identical is null but for again and
    # shuffled.
    "topic_fits": {
        "fit": pl.Int64,
        "kind": pl.String,
        "seed": pl.Int64,
        "n_documents": pl.Int64,
        "n_topics": pl.Int64,
        "outlier_share": pl.Float64,
        "ari": pl.Float64,
        "ami": pl.Float64,
        "ari_others": pl.Float64,
        "ari_others_min": pl.Float64,
        "ari_others_max": pl.Float64,
        "ami_others": pl.Float64,
        "ami_others_min": pl.Float64,
        "ami_others_max": pl.Float64,
        "identical": pl.Boolean,
    },
    # One row per universe and conclusion of the published topics; universe 0 is these. state is
    # run, or why it was not. size and samples are factors of the study's own. n_documents are
    # those that conclusions are drawn from; outlier_share is of them and their copies.
    # conclusion is exists (value: overlap of documents), words (share of the words), larger
    # (difference of the shares of topic and other), outlet or period (difference of the topic's
    # share between the two groups of other), stance (mean toward other, in [−1, 1]). holds is
    # null where the universe was not run; value is null too where it lacks the topic.
    "multiverse": {
        "universe": pl.Int64,
        "state": pl.String,
        "encoder": pl.String,
        "unit": pl.String,
        "neighbours": pl.String,
        "components": pl.String,
        "size": pl.String,
        "samples": pl.String,
        "stopwords": pl.String,
        "n_documents": pl.Int64,
        "n_topics": pl.Int64,
        "outlier_share": pl.Float64,
        "conclusion": pl.String,
        "topic": pl.Int64,
        "label": pl.String,
        "other": pl.String,
        "published": pl.Float64,
        "value": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "same_direction": pl.Boolean,
        "holds": pl.Boolean,
    },
    # start and end are offsets into full_text(title, text); probabilities sum to 1.
    "mentions": {
        "doc_id": pl.String,
        "sentence_id": pl.String,
        "target": pl.String,
        "start": pl.Int64,
        "end": pl.Int64,
        "surface": pl.String,
        "relevance": pl.Float64,
        "relevant": pl.Boolean,
        **PORTRAYAL,
        "p_quoted": pl.Float64,
        "voice": pl.String,
        "evidence": pl.List(pl.Struct({"sentence_id": pl.String, "share": pl.Float64})),
        "scorer": pl.String,
    },
    # stance = p_favourable − p_unfavourable in [−1, 1]; stance_sd its spread over mentions.
    # author_stance is the same over mentions in the author's own voice, null without any.
    # evidence holds sentence ids, the one that carries most first.
    "stance": {
        "doc_id": pl.String,
        "target": pl.String,
        "stance": pl.Float64,
        "stance_sd": pl.Float64,
        "author_stance": pl.Float64,
        "n_mentions": pl.Int64,
        **PORTRAYAL,
        "quoted_share": pl.Float64,
        "evidence": pl.List(pl.String),
        "measured_language": pl.Boolean,
        "calibrated": pl.Boolean,
        "scorer": pl.String,
    },
    # What can be drawn for labelling: a document and target, its stratum and its random number in
    # [0, 1). round and inclusion_probability (of all rounds together) are null where not drawn.
    "frame": {
        "doc_id": pl.String,
        "target": pl.String,
        "stratum": pl.String,
        "number": pl.Float64,
        "round": pl.Int64,
        "inclusion_probability": pl.Float64,
    },
    # One row per human label as it was read. stance is null where the target is not relevant.
    # codebook is the hash of the codebook it was made by, coded_at a time in UTC; evidence is as
    # the coder's file has it. Null where a file does not say.
    "labels": {
        "doc_id": pl.String,
        "target": pl.String,
        "relevant": pl.Boolean,
        "stance": pl.Int64,
        "voice": pl.String,
        "coder": pl.String,
        "evidence": pl.String,
        "note": pl.String,
        "codebook": pl.String,
        "coded_at": pl.String,
    },
    # One row per human label that finds its target relevant. Where the scorer missed the
    # target, stance is null and predicted 0.
    "labelled": {
        "doc_id": pl.String,
        "target": pl.String,
        "label": pl.Int64,
        "predicted": pl.Int64,
        "stance": pl.Float64,
        "coder": pl.String,
    },
    # Human coders among themselves, one row per variable (relevance, portrayal, voice), target and
    # pair of coders; coder and other are null for all coders together. estimate is
    # Krippendorff's alpha of the metric (nominal, ordinal), agreed_share the share of pairs of
    # answers that are the same. n_documents counts the texts with two answers or more. reason says
    # why there is no estimate, or no interval.
    "agreement": {
        "variable": pl.String,
        "metric": pl.String,
        "target": pl.String,
        "coder": pl.String,
        "other": pl.String,
        "estimate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "agreed_share": pl.Float64,
        "n_documents": pl.Int64,
        "n_answers": pl.Int64,
        "reason": pl.String,
        "confidence": pl.Float64,
    },
    # How often one coder gave answer where the other gave other_answer, over a target or all.
    "coder_confusion": {
        "variable": pl.String,
        "target": pl.String,
        "coder": pl.String,
        "other": pl.String,
        "answer": pl.String,
        "other_answer": pl.String,
        "n": pl.Int64,
    },
    # What coders answered differently, the gravest first: variables names what differs, gap is the
    # largest difference of portrayals (0 to 2), null where fewer than two gave one. adjudicated
    # says that a senior coder has decided it.
    "disagreements": {
        "doc_id": pl.String,
        "target": pl.String,
        "outlet": pl.String,
        "title": pl.String,
        "variables": pl.List(pl.String),
        "gap": pl.Int64,
        "answers": pl.List(
            pl.Struct(
                {
                    "coder": pl.String,
                    "relevant": pl.Boolean,
                    "stance": pl.Int64,
                    "voice": pl.String,
                }
            )
        ),
        "adjudicated": pl.Boolean,
        "inclusion_probability": pl.Float64,
    },
    # The scorer against human labels. grouping is all, target, language, outlet, words (the fewest
    # words of a class of length that doubles) or voice (that of the label). reason says why there
    # is no estimate, or no interval. n_documents counts copies of one text once; weighted says
    # that labels weigh by their inclusion probability.
    "scorer_quality": {
        "grouping": pl.String,
        "group": pl.String,
        "measure": pl.String,
        "estimate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "n_labels": pl.Int64,
        "n_documents": pl.Int64,
        "weighted": pl.Boolean,
        "reason": pl.String,
        "confidence": pl.Float64,
    },
    # Labels that the scorer does not share, the worst first. kind is opposite, class (neutral
    # against one side), missed (relevant, but the scorer has no row) or invented (the other way
    # round). gap is the distance of score and label, in [0, 2]; p_label the probability that the
    # scorer gave to the label; sentence the one that carries most of the score.
    "scorer_errors": {
        "doc_id": pl.String,
        "target": pl.String,
        "outlet": pl.String,
        "title": pl.String,
        "coder": pl.String,
        "kind": pl.String,
        "label": pl.Int64,
        "predicted": pl.Int64,
        "stance": pl.Float64,
        "p_label": pl.Float64,
        "gap": pl.Float64,
        "voice": pl.String,
        "quoted_share": pl.Float64,
        "sentence": pl.String,
    },
    # One row per human label and scorer; detected says that the scorer found the target.
    # Where it did not, probabilities are null and predicted is 0.
    "compared": {
        "scorer": pl.String,
        "doc_id": pl.String,
        "target": pl.String,
        "language": pl.String,
        "coder": pl.String,
        "relevant": pl.Boolean,
        "label": pl.Int64,
        "voice": pl.String,
        "detected": pl.Boolean,
        "predicted": pl.Int64,
        **PORTRAYAL,
        "quoted_share": pl.Float64,
    },
    # grouping is all, language or target. other names the second scorer of a measure between
    # two, else null. difference is to the first scorer compared, null on its own rows.
    "comparison": {
        "scorer": pl.String,
        "other": pl.String,
        "grouping": pl.String,
        "group": pl.String,
        "measure": pl.String,
        "estimate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "difference": pl.Float64,
        "difference_low": pl.Float64,
        "difference_high": pl.Float64,
        "n_labels": pl.Int64,
        "n_documents": pl.Int64,
        "confidence": pl.Float64,
    },
    # Labels by the scorer's largest probability: their mean probability and the share it had
    # right, with its interval. grouping is that of the table of measures beside it.
    "reliability": {
        "scorer": pl.String,
        "grouping": pl.String,
        "group": pl.String,
        "bin_low": pl.Float64,
        "bin_high": pl.Float64,
        "mean_probability": pl.Float64,
        "right_share": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "n_labels": pl.Int64,
    },
    # grouping is all, a column of the groups, or several crossed, as "outlet × year". method is
    # model, labels, ppi (the scores corrected by labels) or pooled (groups drawn toward the mean of
    # their grouping). Each interval is for its own group: of twenty at 95 %, one is expected to
    # miss. reason says why there is no estimate, null where there is one.
    "estimates": {
        "target": pl.String,
        "grouping": pl.String,
        "group": pl.String,
        "unit": pl.String,
        "quantity": pl.String,
        "method": pl.String,
        "estimate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "n_documents": pl.Int64,
        "n_labels": pl.Int64,
        "reason": pl.String,
    },
    # The mean of group less that of against: the period before it, or "rest", all other groups.
    # n_documents and n_labels are those of both sides together.
    "differences": {
        "target": pl.String,
        "grouping": pl.String,
        "group": pl.String,
        "against": pl.String,
        **COMPARED,
    },
    # Each claim as the study has it, where changed is empty, and under other choices, named by
    # changed. kind is mean (toward target), order (that less the mean toward other) or difference
    # (of group less against, of grouping). voice is all or author, outliers kept or left_out,
    # correction ppi, labels or model. The interval is the formula's. state is holds, unclear (no
    # clear side any more), clear (a side where the study has none), reversed, or unknown with the
    # reason; worst are the choices that speak most against the claim.
    "sensitivity": {
        "kind": pl.String,
        "target": pl.String,
        "other": pl.String,
        "grouping": pl.String,
        "group": pl.String,
        "against": pl.String,
        "scorer": pl.String,
        "unit": pl.String,
        "voice": pl.String,
        "threshold": pl.Float64,
        "outliers": pl.String,
        "correction": pl.String,
        "changed": pl.List(pl.String),
        "estimate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "n_documents": pl.Int64,
        "n_labels": pl.Int64,
        "reason": pl.String,
        "state": pl.String,
        "worst": pl.Boolean,
    },
    # Coefficients of linear regressions of a quantity on covariates, one row per term. A term of a
    # name is against the level in against, that with most labels (documents, without labels); one
    # of a number is per unit. reason says why there is no estimate, null where there is one.
    "coefficients": {
        "regression": pl.String,
        "target": pl.String,
        "covariate": pl.String,
        "level": pl.String,
        "against": pl.String,
        **COMPARED,
        "reason": pl.String,
    },
}

# The columns that hold words of the documents, or of what they were read from. A deposit is made
# without them; from the vectors of a static encoder the words of a sentence can be read back.
TEXTS: dict[str, tuple[str, ...]] = {
    "documents": ("title", "text"),
    "rejected": ("excerpt",),
    "cleaned": ("title", "text", "blocks"),
    "dropped": ("text",),
    "syndication": ("title",),
    "sentences": ("text",),
    "embeddings": ("vector",),
    "topic_pairs": ("text",),
    "labels": ("evidence", "note"),
    "disagreements": ("title",),
    "scorer_errors": ("title", "sentence"),
    "intrusion_key": ("options",),
}


def check_table(frame: pl.DataFrame, table: str, *, where: str) -> pl.DataFrame:
    """Return ``frame`` with the schema's columns first, or refuse it.

    Raises:
        SchemaError: a column is missing or of another type.
    """
    schema = TABLES[table]
    faults = [
        f"{column} is {frame.schema.get(column, 'missing')}, expected {expected}"
        for column, expected in schema.items()
        if not _fits(frame.schema.get(column), expected)
    ]
    if faults:
        raise SchemaError(
            f"the table {table} does not fit its schema: {'; '.join(faults)}",
            where,
            "delete the file and run make again; if it comes back, report it",
        )
    return frame.select(*schema, pl.exclude(*schema))


def _fits(found: pl.DataType | None, expected: pl.DataType | type[pl.DataType]) -> bool:
    # A vector's width belongs to the encoder, so the schema names Array without one.
    return isinstance(found, pl.Array) if expected is pl.Array else found == expected


def empty_table(table: str) -> pl.DataFrame:
    """Return a frame of ``table`` without rows."""
    return pl.DataFrame(schema=TABLES[table])
