"""Query parameters whose value is a word of a list."""

import falcon
import falcon.asgi


def word(req: falcon.asgi.Request, name: str, words: tuple[str, ...]) -> str:
    """The word that a query gives a parameter, in any case; the first word if it gives none.

    Raises:
        falcon.HTTPInvalidParam: it is another value.
    """
    if not req.query_string:
        return words[0]
    value = req.get_param(name, default=words[0]).lower()
    if value not in words:
        raise falcon.HTTPInvalidParam(
            f"The value of the parameter must be one of {', '.join(words)}.", name
        )
    return value
