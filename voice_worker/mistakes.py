"""What is wrong with settings people gave, in a sentence. Pure."""

from __future__ import annotations

import difflib

from pydantic import BaseModel, ValidationError


def first_mistake(error: ValidationError, model: type[BaseModel]) -> str:
    """The first thing `model` found wrong; an unknown key is told with the one it resembles."""
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] != "extra_forbidden":
        return f"{where}: {problem['msg']}."
    known = _model_at(model, problem["loc"][:-1]).model_fields
    close = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}."
    return f"{where}: there is no such setting. {hint}"


def _model_at(model: type[BaseModel], path: tuple[int | str, ...]) -> type[BaseModel]:
    for part in path:
        inside = model.model_fields[str(part)].annotation
        assert isinstance(inside, type) and issubclass(inside, BaseModel)
        model = inside
    return model
