using System.Net;

namespace Weir.Gateway;

/// <summary>
/// Where connections lead and how they are secured. Connections are shared exactly when their endpoints are equal, so a request never travels over a
/// connection that was checked against other certificates than its service asks for.
/// </summary>
/// <param name="Address">Address and port.</param>
/// <param name="Tls">How the connection is secured; null for plain TCP.</param>
sealed record UpstreamEndpoint(IPEndPoint Address, UpstreamTls? Tls = null);
