"""Responses that are no response: what frameworks and APIs write where an answer should stand.

Such strings contain letters ("Error code: 429 - A …") and must never be read. A model that *says* it cannot answer is
not meant here but in `refusals`.
"""

from __future__ import annotations

import re

from .gates import gated
from .tables import set_of

#: A response that begins with one of these (any case) failed.
PREFIXES = (
    # lmms-eval, VLMEvalKit, the released evaluators
    "[lmms_eval_", "failed to obtain answer", "api_error", "api error", "apierror", "[api_error", "[api error",
    "chat mode: failed", "failed with all possible", "image decode error",
    # what scripts write
    "failed to call", "failed to generate", "failed to get", "failed to connect", "failed to process the request",
    "failed to fetch", "failed to parse response", "failed after", "failed:", "[failed", "<failed",
    "generation failed", "inference failed", "request failed", "call failed", "error:", "error -", "error code",
    "error in ", "error while", "error during", "error generating", "error calling", "error processing", "[error",
    "<error", "(error", "**error", "exception:", "exception in", "[exception", "exception occurred",
    "unexpected error", "unknown error", "an error occurred", "an error has occurred", "an unexpected error",
    "an internal error", "a network error", "a server error", "something went wrong", "oops! something went wrong",
    "oops, something went wrong", "sorry, something went wrong", "sorry, an error occurred", "max retries",
    "maximum retries", "max retry", "retries exhausted", "retry limit", "all retries failed", "no response",
    "[no response", "(no response", "<no response", "empty response", "[empty", "(empty", "<empty", "no output",
    "[no output", "no content", "no candidates", "server overloaded", "server busy", "model error", "backend error",
    "server error", "[timeout", "<timeout", "timeout:", "timeout error", "timed out", "skipped:", "[skipped",
    "fatal:", "fatal error", "runtime error", "assertion failed", "segmentation fault", "panic:",
    # transport
    "request timed out", "request timeout", "request time out", "the request timed out", "request was aborted",
    "request aborted", "request cancelled", "request canceled", "the operation was aborted",
    "the operation timed out", "connection error", "connection timed out", "connection timeout",
    "connection refused", "connection reset", "connection aborted", "connection closed", "connection broken",
    "could not connect", "cannot connect to", "couldn't connect", "unable to connect", "remote end closed",
    "server disconnected", "read timed out", "read timeout", "the read operation timed out", "network error",
    "network is unreachable", "name or service not known", "temporary failure in name resolution", "ssl error",
    "[ssl:", "[errno", "errno", "broken pipe", "upstream connect error", "upstream request timeout",
    "no healthy upstream", "peer closed connection", "incomplete chunked read", "response ended prematurely",
    "deadline exceeded",
    # status without its number
    "internal server error", "service unavailable", "service temporarily unavailable", "service is temporarily",
    "our servers are", "the service is", "model inference failed", "inference error", "none of the api keys",
    "bad gateway", "gateway timeout", "gateway time-out", "too many requests", "bad request", "unauthorized",
    "not authorized", "payload too large", "request entity too large", "request too large", "unprocessable entity",
    "method not allowed", "access denied", "permission denied", "forbidden", "authentication failed",
    "authentication error",
    # limits of an account, a model or a machine
    "rate limit", "rate-limit", "ratelimit", "you exceeded your current quota", "quota exceeded",
    "insufficient quota", "insufficient balance", "insufficient_quota", "your credit balance", "resource exhausted",
    "resource has been exhausted", "resource_exhausted", "incorrect api key", "invalid api key", "invalid_api_key",
    "no api key", "missing api key", "api key not", "invalid request", "invalid_request_error", "invalid image",
    "invalid base64", "unsupported image", "unsupported parameter", "could not process image",
    "the model is overloaded", "the model is currently overloaded", "model is overloaded", "model overloaded",
    "overloaded", "the server is", "the server had an error", "the engine is currently overloaded",
    "model not found", "the model `", "the model does not exist", "this model's maximum context length",
    "maximum context length", "context length exceeded", "context_length_exceeded", "prompt is too long",
    "input is too long", "input too long", "the prompt is too long", "token limit exceeded", "cuda out of memory",
    "cuda error", "cuda runtime error", "out of memory", "oom", "hip out of memory", "mps backend out of memory",
    "torch.cuda", "nccl error", "cublas", "cudnn",
    # filters that cut the answer off before there was one
    "the response was filtered", "response was blocked", "the response was blocked", "response blocked",
    "prompt blocked", "prompt was blocked", "the prompt was blocked", "content filter", "content_filter",
    "content blocked", "[blocked", "blocked by safety", "blocked by content", "blocked by policy", "blocked:",
    "finish_reason", "prohibited_content", "the response is blocked",
    "your request was rejected as a result of our safety system", "data_inspection_failed",
    "请求失败", "请求超时", "服务器错误", "网络错误", "调用失败", "系统繁忙", "接口错误", "连接超时",
)  # fmt: skip

_BEGINNINGS = frozenset(prefix[:3] for prefix in PREFIXES)

#: The whole response, in any case.
WHOLE = set_of(
    "nan <na> null undefined <null> nil timeout error failed failure exception safety recitation blocked oom",
)

_ANYWHERE = "Traceback (most recent call last)"
# Exception classes by their spelling, with or without a module: "openai.RateLimitError: …", "TimeoutError".
_EXCEPTION = gated(
    r"[\[(<\"'`]{0,2}(?:Uncaught |Caught |Unhandled |Raised |During \w+: )?(?:\w{1,60}\.){0,8}"
    r"[A-Z]\w{0,60}?(?:Error|Exception|Timeout|Exhausted|Interrupt|Unavailable|Exceeded|Denied|Failure|Overloaded)"
    r"(?:\s*[:(\[\"'`>)\]]|\s*$|\s+(?:-|after|while|during|in|on|at|from|calling)\b)"
)
_LOWER_EXCEPTION = gated(r"(?:\w{1,40}\.){1,6}\w{0,40}(?:timeout|error|exception)\s*:", re.I)
_STATUS = gated(
    r"(?:https?(?: error| status(?: code)?)?[ :/\d.]{0,6}|(?:error|status|response|server|client)(?: error)?(?: code)?"
    r"|api)?[\s:=(\[#]{0,4}[45]\d\d(?!\d|\s*(?:mm|cm|ms|px|%))[\s:)\]-]{0,4}(?:$|(?:client |server )?error|"
    r"bad|unauthori|payment|forbidden|not found|method not|request|conflict|gone|payload|unsupported|too many|"
    r"unprocessable|internal|not implemented|service|gateway|quota|resource|overloaded|rate|invalid|web server|"
    r"network|\{|<|-|unavailable|timeout|deadline|permission)",
    re.I,
)
_BARE_NUMBER = gated(r"[\s:=(\[#]*\d+[\s:)\]-]*")
_ERROR_BODY = gated(
    r"\{\s*[\"'](?:success[\"']\s*:\s*false|ok[\"']\s*:\s*false|(?:error|errors|detail|fault|exception|err_?msg|"
    r"error_?msg|error_?message|error_?code|status_?code)"
    r"[\"']\s*:(?!\s*(?:null|none|false|\"\"|''|0\b))|(?:object|type|status|result|code)[\"']\s*:\s*[\"']?(?:error|fail"
    r"|[45]\d\d\b)|message[\"']\s*:\s*[\"'][^\"']{0,200}(?:error|timed? ?out|denied|exceed|unauthori|not found|limit))",
    re.I,
)
_ERROR_PAGE = gated(r"<(?:!doctype|html|head|title|center)\b", re.I)
_PAGE_REASON = gated(r"\b[45]\d\d\b|error|unavailable|gateway|forbidden|denied|not found|cloudflare", re.I)

_HEAD = 1000


def is_failure(text: str) -> bool:
    """Whether a response is empty or an infrastructure failure rather than something a model said.

    >>> is_failure("openai.RateLimitError: Error code: 429"), is_failure("I made an error: it is B")
    (True, False)
    """
    stripped = text.strip().lstrip("*_`").lstrip()
    if not text.strip() or _ANYWHERE in text:
        return True
    head = stripped[:_HEAD]
    lowered = head.casefold()
    if (lowered[:3] in _BEGINNINGS and lowered.startswith(PREFIXES)) or lowered.strip(" .!<>[](){}\"'") in WHOLE:
        return True
    if _EXCEPTION.match(head) or _LOWER_EXCEPTION.match(head) or _ERROR_BODY.match(head):
        return True
    status = _STATUS.match(head)
    if status and not _BARE_NUMBER.fullmatch(status.group()):
        return True
    return bool(_ERROR_PAGE.match(head) and _PAGE_REASON.search(head))
