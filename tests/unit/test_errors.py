from geostance.errors import InputError


def test_names_that_hold_line_breaks_and_terminal_commands_leave_three_lines():
    error = InputError("no text in\nit", "raw/a\nb\x1b[2J\u2028c.txt", "remove it")
    assert str(error).split("\n") == [
        "InputError: no text in\\nit",
        "  where: raw/a\\nb\\x1b[2J\\u2028c.txt",
        "  mend:  remove it",
    ]
    assert error.where.startswith("raw/a\nb")
