using Microsoft.AspNetCore.Http;

namespace Weir.Gateway;

/// <summary>What Kestrel's exceptions about a request body mean.</summary>
static class BodyFault
{
    /// <summary>The fault, or <see cref="Fault.None"/> for an exception that says nothing about the body.</summary>
    public static Fault Of(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Fault.RequestTooLarge,
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => Fault.RequestTooSlow,
        BadHttpRequestException => Fault.RequestInvalid,
        // A chunk size beyond Kestrel's integers.
        IOException { InnerException: OverflowException } => Fault.RequestInvalid,
        IOException or OperationCanceledException => Fault.Aborted,
        _ => Fault.None,
    };
}
