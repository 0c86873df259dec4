namespace Weir.Gateway;

/// <summary>What the client gets for each fault of an upstream.</summary>
static class FaultAnswers
{
    static readonly Answer BadRequest = Answer.Fault(400, "Bad request");
    static readonly Answer Invalid = Answer.Fault(502, "An invalid response was received from the upstream server");
    static readonly Answer TimedOut = Answer.Fault(504, "The upstream server is timing out");
    static readonly Answer TooLarge = Answer.Fault(413, "Payload too large");

    public static readonly Answer NoService = Answer.Error(503, "no Service found with those values");

    public static Answer Of(Fault fault) => fault switch
    {
        Fault.ConnectTimeout or Fault.WriteTimeout or Fault.ReadTimeout => TimedOut,
        Fault.RequestInvalid => BadRequest,
        Fault.RequestTooLarge => TooLarge,
        _ => Invalid,
    };

    /// <summary>What the fault says about the peer's health; null when it says nothing.</summary>
    public static Outcome? HealthOf(Fault fault) => fault switch
    {
        Fault.ConnectTimeout or Fault.WriteTimeout or Fault.ReadTimeout => Outcome.Timeout,
        Fault.RequestInvalid or Fault.RequestTooLarge or Fault.Aborted or Fault.None => null,
        _ => Outcome.TcpFailure,
    };
}
