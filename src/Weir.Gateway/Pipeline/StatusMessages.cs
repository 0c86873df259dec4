namespace Weir.Gateway;

/// <summary>The texts of failures that are told by their status alone.</summary>
static class StatusMessages
{
    public static string Of(int status) => status switch
    {
        400 => "Bad request",
        404 => "Not found",
        405 => "Method not allowed",
        408 => "Request timeout",
        411 => "Length required",
        412 => "Precondition failed",
        413 => "Payload too large",
        414 => "URI too long",
        417 => "Expectation failed",
        431 => "Request header or cookie too large",
        502 => "An invalid response was received from the upstream server",
        503 => "The upstream server is currently unavailable",
        504 => "The upstream server is timing out",
        505 => "HTTP version not supported",
        _ => "An unexpected error occurred",
    };
}
