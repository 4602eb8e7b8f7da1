"""Recipes: every model has one, and an unknown name is an error."""

import ast
import inspect
import itertools
from dataclasses import fields

import pytest

from digitdraw.errors import TrainingError
from digitdraw.models.registry import MODELS, PHOTO_MODELS
from digitdraw.training import recipes
from digitdraw.training.recipes import RECIPES, Recipe, recipe_for


def test_every_model_has_a_recipe():
    assert set(RECIPES) == {*MODELS, *PHOTO_MODELS}
    assert all(recipe_for(name) is recipe for name, recipe in RECIPES.items())


def test_an_unknown_recipe_is_an_error_that_lists_the_known_ones():
    with pytest.raises(TrainingError, match="its other recipes: source"):
        recipe_for("from-scratch", "unknown")
    with pytest.raises(TrainingError, match="its other recipes: none"):
        recipe_for("softmax", "source")


def test_every_field_is_documented():
    (body,) = (
        node.body
        for node in ast.parse(inspect.getsource(recipes)).body
        if isinstance(node, ast.ClassDef) and node.name == Recipe.__name__
    )
    documented = {
        field.target.id
        for field, doc in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(doc, ast.Expr)
    }
    assert documented == {field.name for field in fields(Recipe)}
