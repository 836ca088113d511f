"""What Prometheus would read."""

import re
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

OURS = "counterfoil_"


@dataclass(frozen=True)
class Scraped:
    text: str

    def __getitem__(self, asked: str) -> float:
        """By the name without its beginning, and its labels: `pushes_total create accepted`."""
        name, *labels = asked.split()
        (found,) = [
            sample.value
            for family in text_string_to_metric_families(self.text)
            for sample in family.samples
            if sample.name == OURS + name and list(sample.labels.values()) == labels
        ]
        return found

    @property
    def words(self) -> str:
        """All but the numbers, which are any."""
        return re.sub(r" \S+$", "", self.text, flags=re.MULTILINE)

    @property
    def values(self) -> set[float]:
        families = text_string_to_metric_families(self.text)
        return {sample.value for family in families for sample in family.samples}

    @property
    def names(self) -> set[str]:
        """Of all that is ours, as an expression names them."""
        return set(re.findall(rf"^({OURS}\w+)", self.text, re.MULTILINE))


async def scrape(url: str) -> Scraped:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{url}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return Scraped(answer.text)
