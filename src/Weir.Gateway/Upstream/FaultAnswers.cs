namespace Weir.Gateway;

/// <summary>What the client gets for each fault of an upstream.</summary>
static class FaultAnswers
{
    // The rest of a body that was refused is not to be taken for the next request.
    static readonly Answer BadRequest = Answer.Fault(400, StatusMessages.Of(400)).With("Connection", "close");
    static readonly Answer TooLarge = Answer.Fault(413, StatusMessages.Of(413)).With("Connection", "close");
    static readonly Answer TooSlow = Answer.Fault(408, StatusMessages.Of(408)).With("Connection", "close");
    static readonly Answer Invalid = Answer.Fault(502, StatusMessages.Of(502));
    static readonly Answer TimedOut = Answer.Fault(504, StatusMessages.Of(504));

    public static readonly Answer NoService = Answer.Error(503, "no Service found with those values");

    public static Answer Of(Fault fault) => fault switch
    {
        Fault.ConnectTimeout or Fault.WriteTimeout or Fault.ReadTimeout => TimedOut,
        Fault.RequestInvalid => BadRequest,
        Fault.RequestTooLarge => TooLarge,
        Fault.RequestTooSlow => TooSlow,
        _ => Invalid,
    };

    /// <summary>What the fault says about the peer's health; null when it says nothing.</summary>
    public static Outcome? HealthOf(Fault fault) => fault switch
    {
        Fault.ConnectTimeout or Fault.WriteTimeout or Fault.ReadTimeout => Outcome.Timeout,
        Fault.RequestInvalid or Fault.RequestTooLarge or Fault.RequestTooSlow or Fault.Aborted or Fault.None => null,
        _ => Outcome.TcpFailure,
    };
}
