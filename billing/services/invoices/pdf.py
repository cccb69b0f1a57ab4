"""Documents as PDF. The only module that knows WeasyPrint, which needs libraries of the system."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from billing.models import Invoice, InvoiceStatus
from billing.selectors import snapshots
from billing.services.invoices.document import Document, Page
from kit.errors import Unavailable

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
MISSING = (
    "PDF documents need the system libraries of WeasyPrint. On Debian and Ubuntu: "
    f"apt-get install {PACKAGES}; then try again."
)
FOLDER = "documents"
ADDRESS, TYPEFACE = "tallydesk:inter", "desk/fonts/inter-latin-wght-normal.woff2"


def invoice(*, invoice: Invoice, content: Mapping[str, Any]) -> bytes:
    """The invoice as PDF, a draft marked as one.

    Raises ``Unavailable`` (503), saying what to install, without the system's libraries.
    """
    return render(document=of(invoice, content))


def of(invoice: Invoice, content: Mapping[str, Any]) -> Document:
    """The document of an invoice: its snapshot once it is final, master data as it is now before."""
    return Document(
        is_draft=invoice.status == InvoiceStatus.DRAFT,
        is_void=invoice.status == InvoiceStatus.VOID,
        number=invoice.invoice_number,
        invoice_date=invoice.invoice_date,
        due_date=invoice.due_date,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        purchase_order_number=invoice.purchase_order_number,
        parties=invoice.parties or snapshots.parties(invoice),
        content=content,
    )


def render(*, document: Document) -> bytes:
    """A document as PDF."""
    pdf: bytes = laid_out(document=document).write_pdf()
    return pdf


def laid_out(*, document: Document) -> Any:
    """The document on its pages, as WeasyPrint's ``Document``."""
    context = Page(document).context() | {"style": _style("invoice.css")}
    html = render_to_string(f"{FOLDER}/invoice.html", context)
    library = _weasyprint()
    return library.HTML(string=html, url_fetcher=_fetcher()).render()


@cache
def _style(name: str) -> str:
    path: Path = settings.BASE_DIR / "templates" / FOLDER / name
    return path.read_text(encoding="utf-8")


def _weasyprint() -> Any:
    """Imported when the first document is rendered: it takes a second and may be missing its libraries."""
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise Unavailable(MISSING) from error
    return weasyprint


@cache
def _typeface() -> bytes:
    """The typeface of the screens, unpacked once; nothing where its file is missing."""
    from fontTools.ttLib import woff2  # type: ignore[import-untyped]

    found, unpacked = finders.find(TYPEFACE), BytesIO()
    if found:
        woff2.decompress(BytesIO(Path(str(found)).read_bytes()), unpacked)
    return unpacked.getvalue()


@cache
def _fetcher() -> Any:
    """A document is whole in itself: only its typeface is read while rendering, whatever a name contains."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyTheTypeface(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url != ADDRESS or not _typeface():
                raise ValueError(f"documents load nothing from elsewhere: {url}")
            return URLFetcherResponse(url, _typeface(), {"Content-Type": "font/ttf"})

    return OnlyTheTypeface()
