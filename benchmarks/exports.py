"""Compare what is read of real exports with counts made by other means."""

from collections import Counter
from pathlib import Path

from benchmarks.result import Figure
from geostance.errors import InputError
from geostance.ingest import Document, Rejected, Source
from geostance.ingest.archives import sources_in
from geostance.ingest.corpus import read_source

# Articles that a file of the reference data truly holds, and how that is known.
TRUE_COUNTS: dict[str, tuple[int, str]] = {
    "europresse/biblioeuropresse2021.HTML": (425, "<article; 4 have no text"),
    "europresse/dummydocs-europresse-dante-7.html": (7, "<article"),
    "europresse/europresse_test1.html": (3, "DocPublicationName"),
    "europresse/europresse_test2.html": (4, "<article"),
    "factiva-html/amcat_zt04.htm": (55, "Document …</p>"),
    "factiva-html/factiva_test.html": (2, 'class="article frArticle"'),
    "factiva-html/koheiw_german-ui.html": (100, 'id="article-'),
    "factiva-rtf/Factiva-20220515-1939.rtf": (55, "different accession numbers"),
    "factiva-xml/factiva_test.xml": (3, "<accessionNo>"),
    "factiva-xml/reut21578-factiva.xml": (19, "<accessionNo>"),
    "integrum/koheiw_moscow_1993-06-06_1994-09-02.html": (27, "^ИС:"),
    "nexis-docx/birkholz_2013_Files_12_.DOCX": (12, "End of Document"),
    "nexis-docx/sample.DOCX": (10, "End of Document"),
    "nexis-docx/seolub_example1.DOCX": (100, "End of Document"),
    "nexis-html/koheiw_afp_2013-03-12_0501.html": (74, "DOC NUMBER"),
    "nexis-html/lexisnexis_test_copyright_error.html": (2, "DOC NUMBER; one is an error"),
    "nexis-html/lexisnexis_test_en.html": (2, "DOC NUMBER"),
    "nexis-html/lexisnexis_test_fr.html": (3, "DOC NUMBER"),
    "nexis-txt/amcat_test.txt": (27, "N of M DOCUMENTS; two have no text"),
    "nexis-txt/sample.TXT": (10, "N of M DOCUMENTS"),
}


def read(source: Source) -> list[tuple[Document | Rejected, str]]:
    """Return the records of a source, and the kind that each was read as."""
    return [
        (record, kind.name if kind else "none")
        for member in sources_in(source)
        for record, kind in read_source(member)
    ]


def is_record(record: Document | Rejected) -> bool:
    """Tell a record of the file from the note that the file ends too early."""
    return isinstance(record, Document) or not record.reason.startswith("cut off: ")


def real_exports(folder: Path) -> dict[str, Figure]:
    """Return what each file holds and what is found in it, and the sums of both.

    A record is found when it is a document or is rejected with a reason; shares are of the
    documents.
    """
    figures: dict[str, Figure] = {}
    sums: Counter[str] = Counter()
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.name == "SOURCE.txt":
            continue
        sums["files"] += 1
        known = TRUE_COUNTS.get(name)
        sums["files_with_true_count"] += known is not None
        try:
            records = read(Source.of_file(path, name))
        except InputError as error:
            figures[name] = error.what
            continue
        documents = [record for record, _ in records if isinstance(record, Document)]
        found = sum(is_record(record) for record, _ in records)
        agreement = "unknown"
        if known:
            agreement = "agrees" if found == known[0] else "does not agree"
            sums["records_true"] += known[0]
            sums["records_found_of_true"] += found
            sums["files_that_agree"] += found == known[0]
        sums["documents"] += len(documents)
        has = {
            "title": sum(bool(record.title) for record in documents),
            "body": sum(bool(record.text.strip()) for record in documents),
            "date": sum(record.date is not None for record in documents),
            "outlet": sum(bool(record.outlet) for record in documents),
        }
        sums.update({f"documents_with_{field}": n for field, n in has.items()})
        shares = ", ".join(f"{field} {n / max(1, len(documents)):.3f}" for field, n in has.items())
        figures[name] = (
            f"{'/'.join(sorted({kind for _, kind in records}))}: "
            f"true {f'{known[0]} ({known[1]})' if known else 'unknown'}, found {found},"
            f" {agreement};"
            f" documents {len(documents)}, {shares};"
            f" rejected {found - len(documents)}, cut off {len(records) - found}"
        )
    return figures | sums
