from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psychometrics import irt, tables
from psychometrics.errors import PsychometricsError, UnreadableFile, WrongShape, WrongValue

NAN = np.nan
slopes = st.floats(0.01, 20)
places = st.floats(-30, 30)


@st.composite
def items(draw: st.DrawFn) -> irt.Items:
    plain = draw(st.lists(st.tuples(places, slopes, st.sampled_from([0.0, 0.123456789012345])), min_size=1, max_size=3))
    made = [irt.logistic(*zip(*plain, strict=True), names=[f"l{place}" for place in range(len(plain))])]
    if thresholds := draw(st.lists(places, max_size=4, unique=True)):
        made.append(irt.graded(draw(slopes), [sorted(thresholds)], names=["g"]))
    if steps := draw(st.lists(places, max_size=3)):
        made.append(irt.partial_credit(draw(slopes), [steps], names=["技能"]))
    return irt.joined(made)


def file(folder: Path, text: str) -> Path:
    path = folder / "items.csv"
    path.write_text(text, encoding="utf-8")
    return path


class TestItems:
    @given(items())
    def test_what_is_read_is_what_was_written(self, tmp_path_factory: pytest.TempPathFactory, made: irt.Items) -> None:
        path = tmp_path_factory.getbasetemp() / "items.csv"
        tables.write_parameters(path, tables.parameters(made, b_errors=np.where(np.isnan(made.b), NAN, 0.1)))
        read = tables.read_parameters(path)
        assert read.items.names == made.names
        for mine, theirs in zip(
            (read.items.model, read.items.a, read.items.b, read.items.c),
            (made.model, made.a, made.b, made.c),
            strict=True,
        ):
            np.testing.assert_array_equal(mine, theirs)
        np.testing.assert_array_equal(read.b_errors, np.where(np.isnan(made.b), NAN, 0.1))
        assert np.isnan(read.a_errors).all()

    def test_models_keep_their_names_and_other_columns_are_left_alone(self, tmp_path: Path) -> None:
        text = (
            "weight,item,model,a,b1,b2,c,a_se\n5,一,rasch,,0.5,,,\n3,二,3PL,1.2,-1,,0.2,0.07\n2,三,grm,0.9,-1,1,,NA\n"
        )
        read = tables.read_parameters(file(tmp_path, "\ufeff" + text))
        assert read.items.names == ("一", "二", "三")
        assert read.models == ("rasch", "3pl", "grm")
        assert read.items.a.tolist() == [1, 1.2, 0.9]
        assert read.items.c.tolist() == [0, 0.2, 0]
        np.testing.assert_array_equal(read.items.b, [[0.5, NAN], [-1, NAN], [-1, 1]])
        np.testing.assert_array_equal(read.a_errors, [NAN, 0.07, NAN])
        assert read.b_errors.shape == (3, 2)

    def test_columns_beyond_every_items_own_are_dropped(self, tmp_path: Path) -> None:
        read = tables.read_parameters(file(tmp_path, "item,model,a,b1,b2,b3\nx,gpcm,1,0,1,\n"))
        assert read.items.b.shape == read.b_errors.shape == (1, 2)

    def test_a_file_of_dichotomous_items_has_one_b(self, tmp_path: Path) -> None:
        path = tmp_path / "plain.csv"
        tables.write_parameters(path, tables.parameters(irt.logistic([0.5, -1], 1.5), ["2pl"] * 2))
        assert path.read_text() == "item,model,a,b,c\ni1,2pl,1.5,0.5,\ni2,2pl,1.5,-1.0,\n"

    @pytest.mark.parametrize(
        ("text", "error", "says"),
        [
            ("", UnreadableFile, "no column item, model"),
            ("item,a,b\nx,1,0\n", UnreadableFile, "no column model"),
            ("item,model,a,b\n", UnreadableFile, "no row"),
            ("item,model,a\nx,2pl,1\n", UnreadableFile, "one column b"),
            ("item,model,a,b,b1\nx,2pl,1,0,0\n", UnreadableFile, "one column b"),
            ("item,model,a,b1,b3\nx,grm,1,0,1\n", UnreadableFile, "one column b"),
            ("item,model,a,b,b\nx,2pl,1,0,0\n", UnreadableFile, "named twice"),
            ("item,model,a,b\nx,2pl,1\n", UnreadableFile, "line 2: 3 cells"),
            ("item,model,a,b\nx,2pl,1,0\ny,4pl,1,0\n", UnreadableFile, "line 3, model: '4pl'"),
            ("item,model,a,b\nx,2pl,,0\n", UnreadableFile, "line 2, a: a 2pl item needs it"),
            ("item,model,a,b\nx,2pl,1,\n", UnreadableFile, "line 2, b: a 2pl item needs it"),
            ("item,model,a,b,c\nx,3pl,1,0,\n", UnreadableFile, "line 2, c: a 3pl item needs it"),
            ("item,model,a,b,c\nx,2pl,1,0,0.2\n", UnreadableFile, "line 2, c: a 2pl item has no"),
            ("item,model,a,b\nx,rasch,1.3,0\n", UnreadableFile, "line 2, a: the slope"),
            ("item,model,a,b1,b2\nx,2pl,1,0,1\n", UnreadableFile, "line 2, b2: a 2pl item has one"),
            ("item,model,a,b\nx,2pl,high,0\n", UnreadableFile, "line 2, a: 'high' is no number"),
            ("item,model,a,b\nx,2pl,inf,0\n", UnreadableFile, "line 2, a: 'inf' is no finite number"),
            ("item,model,a,b\nx,2pl,0,0\n", WrongValue, "x needs a slope above 0"),
            ("item,model,a,b\nx,2pl,1,0\nx,2pl,1,0\n", WrongValue, "stands for two"),
            ("item,model,a,b1,b2\nx,grm,1,1,0\n", WrongValue, "ascend"),
            ("item,model,a,b1,b2,b3\nx,gpcm,1,1,,0\n", WrongValue, "x needs finite thresholds"),
        ],
    )
    def test_what_cannot_be_read_is_refused_by_line_and_column(
        self, tmp_path: Path, text: str, error: type[PsychometricsError], says: str
    ) -> None:
        with pytest.raises(error, match=says):
            tables.read_parameters(file(tmp_path, text))

    def test_a_file_in_another_encoding_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "items.csv"
        path.write_bytes("item,model,a,b\n电工,2pl,1,0\n".encode("gb18030"))
        with pytest.raises(UnreadableFile, match="not UTF-8"):
            tables.read_parameters(path)

    def test_a_table_belongs_to_its_items(self) -> None:
        plain = irt.logistic([0, 1])
        with pytest.raises(WrongShape):
            tables.parameters(plain, ["2pl"])
        with pytest.raises(WrongValue, match="i2 is no grm item"):
            tables.parameters(plain, ["2pl", "grm"])
        with pytest.raises(WrongShape):
            tables.parameters(plain, b_errors=np.zeros(2))


class TestOptions:
    def test_what_is_read_is_what_was_written(self, tmp_path: Path) -> None:
        slopes = np.array([[-1.0, 0.25, 0.75], [-0.5, 0.5, NAN]])
        path, errors = tmp_path / "options.csv", np.abs(slopes) / 10
        made = tables.Options(irt.Nominal(slopes, -slopes, ("x", "y")), (("A", "B", "C"), ("对", "错")), errors, errors)
        tables.write_options(path, made)
        read = tables.read_options(path)
        assert read.labels == made.labels
        assert read.items.names == ("x", "y")
        np.testing.assert_array_equal(read.items.slopes, slopes)
        np.testing.assert_array_equal(read.items.intercepts, -slopes)
        np.testing.assert_array_equal(read.intercept_errors, errors)

    @pytest.mark.parametrize(
        ("rows", "says"),
        [
            ("x,A,1,0\nx,A,2,0\n", "line 3: option 'A' stands twice"),
            ("x,A,1,0\n", "only one option of x"),
            ("x,A,1,\nx,B,1,0\n", "line 2: an option needs"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, tmp_path: Path, rows: str, says: str) -> None:
        with pytest.raises(UnreadableFile, match=says):
            tables.read_options(file(tmp_path, "item,option,slope,intercept\n" + rows))
