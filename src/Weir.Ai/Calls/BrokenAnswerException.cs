namespace Weir.Ai;

/// <summary>
/// The provider's answer broke off in the middle, in a form that has no word for it: the client's connection must break, too, so that half an answer does not
/// look like a whole one.
/// </summary>
sealed class BrokenAnswerException(UpstreamFailure failure) : IOException($"the model provider's answer broke off: {failure}");
