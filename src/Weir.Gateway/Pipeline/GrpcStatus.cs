namespace Weir.Gateway;

/// <summary>gRPC status codes for HTTP statuses that the gateway answers with (gRPC over HTTP/2, status codes and their use).</summary>
static class GrpcStatus
{
    public static string Of(int httpStatus) => httpStatus switch
    {
        >= 200 and < 300 => "0",
        400 => "3",
        401 => "16",
        403 => "7",
        404 => "5",
        408 or 504 => "4",
        409 => "10",
        429 => "8",
        499 => "1",
        501 => "12",
        503 => "14",
        >= 500 => "13",
        _ => "2",
    };
}
