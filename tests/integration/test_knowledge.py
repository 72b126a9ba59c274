"""One contract for both engines, and answers from a real embedder."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
import yaml

from config import load_settings
from config.models import resolve
from flows.library import DEMO_KNOWLEDGE
from pipelines.knowledge import LocalKnowledge
from rag.bert import BertEmbedder, shape
from rag.embed import SentenceTransformerEmbedder, embed_elsewhere, question_embedder
from rag.errors import EmbeddingFailed, SourceInvalid
from rag.index import VectorIndex
from rag.index_edge import EdgeIndex
from rag.index_server import ServerIndex
from rag.knowledge import Knowledge
from rag.model import Passage, passage_id
from tests.support.engines import running
from voice_worker.engines import knowledge_engine, shelf, unhurried

DIMENSIONS = 4


def passage(text: str, source: UUID, name: str = "faq") -> Passage:
    return Passage(passage_id(source, "", text), source, name, "", text, 0)


def vectors(*rows: Sequence[float]) -> np.ndarray:
    return np.asarray(rows, dtype=np.float32)


@pytest.fixture(params=["edge", "server"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    opened: VectorIndex
    if request.param == "edge":
        opened = EdgeIndex(tmp_path / "qdrant", DIMENSIONS)
    else:
        opened = ServerIndex(":memory:", "", "knowledge", DIMENSIONS)
    yield opened
    opened.close()


A, B, SOURCE = uuid4(), uuid4(), uuid4()


def test_the_nearest_passage_comes_first(index: VectorIndex) -> None:
    index.upsert(
        A, [passage("sun", SOURCE), passage("rain", SOURCE)], vectors([1, 0, 0, 0], [0, 1, 0, 0])
    )
    hits = index.search(A, vectors([0.9, 0.1, 0, 0])[0], (), 5)
    assert [hit.passage.text for hit in hits] == ["sun", "rain"]
    assert hits[0].passage.id == passage_id(SOURCE, "", "sun")


def test_another_account_finds_and_deletes_nothing(index: VectorIndex) -> None:
    mine = passage("secret", SOURCE)
    index.upsert(A, [mine], vectors([1, 0, 0, 0]))
    assert index.search(B, vectors([1, 0, 0, 0])[0], (), 5) == []
    assert index.passage_ids(B, SOURCE) == set()
    index.delete(B, [mine.id])
    index.upsert(B, [mine], vectors([0, 0, 0, 1]))
    (hit,) = index.search(A, vectors([1, 0, 0, 0])[0], (), 5)
    assert hit.cosine == pytest.approx(1.0, abs=1e-4)


def test_a_source_can_be_chosen_listed_and_shrunk(index: VectorIndex) -> None:
    other = uuid4()
    index.upsert(
        A,
        [passage("one", SOURCE, "faq"), passage("two", other, "prices")],
        vectors([1, 0, 0, 0], [1, 0, 0, 0]),
    )
    hits = index.search(A, vectors([1, 0, 0, 0])[0], ("prices",), 5)
    assert [hit.passage.text for hit in hits] == ["two"]
    assert index.passage_ids(A, other) == {passage_id(other, "", "two")}
    index.delete(A, [passage_id(other, "", "two")])
    assert index.passage_ids(A, other) == set()


def test_the_embedded_index_keeps_its_data(tmp_path: Path) -> None:
    first = EdgeIndex(tmp_path, DIMENSIONS)
    first.upsert(A, [passage("kept", SOURCE)], vectors([1, 0, 0, 0]))
    first.close()
    again = EdgeIndex(tmp_path, DIMENSIONS)
    # What it reads of almost empty files while it opens is not kept in memory.
    assert resident_bytes(tmp_path) < 1 << 20
    assert again.passage_ids(A, SOURCE) == {passage_id(SOURCE, "", "kept")}
    again.upsert(A, [passage("more", SOURCE)], vectors([0, 1, 0, 0]))
    again.close()
    last = EdgeIndex(tmp_path, DIMENSIONS)
    assert len(last.passage_ids(A, SOURCE)) == 2
    last.close()


def resident_bytes(folder: Path) -> int:
    """What this process holds in memory of the files in a folder."""
    held, inside = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-", line):
            inside = str(folder) in line
        elif inside and line.startswith("Rss:"):
            held += int(line.split()[1]) << 10
    return held


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knowledge]:
    home = tmp_path_factory.mktemp("knowledge")
    opened = Knowledge.open(
        shelf(load_settings(home=home)), model=resolve("minilm", "embedder", home)
    )
    items = yaml.safe_load(DEMO_KNOWLEDGE.read_text())["items"]
    opened.ingest(A, source_id=SOURCE, source_name="faq", contents=items)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("How long is the warranty on the panels?", "twenty five years"),
        ("when are you open on saturday", "nine to one"),
        ("what does a battery cost", "eight thousand"),
        ("do you do heat pumps", "hot water"),
    ],
)
def test_questions_are_answered_in_the_account_s_words(
    knowledge: Knowledge, question: str, part: str
) -> None:
    answer = knowledge.ask(A, question)
    assert answer.text is not None and part in answer.text
    assert answer.passage_ids


@pytest.mark.parametrize(
    "question", ["who won the game last night", "what is the capital of France", "tell me a joke"]
)
def test_what_nobody_wrote_down_is_not_answered(knowledge: Knowledge, question: str) -> None:
    assert knowledge.ask(A, question).text is None


def test_another_account_knows_nothing(knowledge: Knowledge) -> None:
    assert knowledge.ask(B, "How long is the warranty?").text is None


def test_ingesting_again_replaces_what_changed(knowledge: Knowledge) -> None:
    source = uuid4()
    for answer in ("Blue.", "Green."):
        knowledge.ingest(
            B, source_id=source, source_name="c",
            contents=[{"question": "What is your colour?", "answer": answer}], beside_calls=True,
        )  # fmt: skip
    assert knowledge.ask(B, "What is your colour?").text == "Green."


def test_a_text_answers_with_the_sentences_that_fit(knowledge: Knowledge) -> None:
    account, source = uuid4(), uuid4()
    text = (
        "Our workshop was founded in 1962. It has been in the family since.\n\n"
        "We keep winter tyres in store over the summer. Storage costs forty dollars a season. "
        "Rims are washed before. Bring your wheels in April."
    )
    about = partial(
        knowledge.ingest, account, source_id=source, source_name="about", beside_calls=True
    )
    assert about(contents=text) == 2
    found = knowledge.ask(account, "How much does storage of my winter tyres cost?").text
    assert found and "forty dollars a season" in found and "1962" not in found
    assert about(contents="") == 0
    assert knowledge.ask(account, "How much does storage of my winter tyres cost?").text is None


def test_a_pair_without_an_answer_is_named(knowledge: Knowledge) -> None:
    with pytest.raises(SourceInvalid, match="Item 1 has no answer"):
        knowledge.ingest(B, source_id=uuid4(), source_name="x", contents=[{"question": "Q?"}])


def test_what_a_caller_means_is_told_without_their_using_the_words(knowledge: Knowledge) -> None:
    options = {
        "repair": ("repair", "my car broke down and needs fixing"),
        "hours": ("opening hours", "when are you open"),
    }
    scores = knowledge.likeness("the engine makes a strange noise", options)
    assert scores["repair"] > scores["hours"]
    scores = knowledge.likeness("until what time can I come by", options)
    assert scores["hours"] > scores["repair"]
    assert knowledge.likeness("", options) == {"repair": 0.0, "hours": 0.0}


def test_questions_and_passages_are_embedded_alike(tmp_path: Path) -> None:
    model = resolve("minilm", "embedder", tmp_path)
    texts = [
        "",
        "How much is a battery?",
        "We are open from Monday to Friday, nine to five.",
        *(f"Passage number {n}: {'a longer text about solar panels. ' * n}" for n in range(40)),
    ]
    passages = np.concatenate(list(embed_elsewhere(model, texts)))
    embedder = question_embedder(model, tmp_path)
    assert isinstance(embedder, BertEmbedder)
    asked = np.concatenate([embedder.embed([text]) for text in texts])
    assert passages.shape == asked.shape == (len(texts), embedder.dimensions)
    assert np.allclose(np.linalg.norm(asked, axis=1), 1, atol=1e-5)
    assert (passages * asked).sum(axis=1).min() > 0.995
    # Texts beside each other know nothing of each other.
    assert np.allclose(embedder.embed(texts), asked, atol=1e-4)


@pytest.fixture
def small_bert(tmp_path: Path) -> Path:
    """A model of another shape, with the first token's vector as a text's."""
    from transformers import BertConfig, BertModel

    folder = tmp_path / "small"
    config = BertConfig(
        vocab_size=30_522, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=48, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    minilm = Path(resolve("minilm", "embedder", tmp_path))
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copy(minilm / name, folder)
    kinds = {"": "Transformer", "1_Pooling": "Pooling"}
    steps = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (path, kind) in enumerate(kinds.items())
    ]
    (folder / "1_Pooling").mkdir()
    for name, content in {
        "modules.json": steps,
        "sentence_bert_config.json": {"max_seq_length": 20, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": 32, "pooling_mode_cls_token": True,
                                  "pooling_mode_mean_tokens": False},
    }.items():  # fmt: skip
        (folder / name).write_text(json.dumps(content))
    return folder


def test_a_model_of_an_account_s_own_is_read_as_its_library_reads_it(
    small_bert: Path, tmp_path: Path
) -> None:
    texts = ["Where are you?", "How long is it? " * 30]
    library = SentenceTransformerEmbedder(str(small_bert))
    ours = question_embedder(str(small_bert), tmp_path)
    assert isinstance(ours, BertEmbedder)
    assert (ours.embed(texts) * library.embed(texts)).sum(axis=1).min() > 0.999


def test_a_model_of_another_kind_is_left_to_its_library(small_bert: Path, tmp_path: Path) -> None:
    config = small_bert / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "hidden_act": "relu"}))
    assert shape(small_bert) is None and shape(tmp_path) is None
    assert isinstance(question_embedder(str(small_bert), tmp_path), SentenceTransformerEmbedder)


def test_what_is_no_model_s_file_is_left_to_the_library_which_tells(
    small_bert: Path, tmp_path: Path
) -> None:
    (small_bert / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(Exception, match=r"(?i)header|safetensors"):
        question_embedder(str(small_bert), tmp_path)


def test_an_embedder_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(EmbeddingFailed, match="doctor"):
        list(embed_elsewhere(str(tmp_path / "model"), ["text"]))


async def test_questions_are_answered_while_passages_are_embedded(tmp_path: Path) -> None:
    items = yaml.safe_load(DEMO_KNOWLEDGE.read_text())["items"]
    async with running(knowledge_engine(unhurried(load_settings(home=tmp_path)))) as engine:
        knowledge = LocalKnowledge(engine)
        ingesting = asyncio.create_task(
            knowledge.ingest(A, SOURCE, "faq", items * 4, beside_calls=True)
        )
        await asyncio.sleep(0)  # it is asked for first
        assert (await knowledge.ask(B, "when are you open on saturday", (), None)).text is None
        assert not ingesting.done()
        assert await ingesting == 4 * len(items)
        found = await knowledge.ask(A, "when are you open on saturday", (), None)
        assert found.text is not None and "nine to one" in found.text
