namespace Weir.Config;

static class ServiceChecks
{
    const string Conditional = "failed conditional validation given value of field 'protocol': value must be null when 'protocol' is '{0}'";

    public static void Check(Row row, ServiceConfig service, RowIndex caCertificates, Report report)
    {
        if (service.Protocol is ServiceProtocol.Tcp or ServiceProtocol.Tls or ServiceProtocol.Udp or ServiceProtocol.Grpc or ServiceProtocol.Grpcs)
            MustBeNull(row, service.Path is not null, "path", report);
        if (service.Protocol is not (ServiceProtocol.Https or ServiceProtocol.Tls))
        {
            MustBeNull(row, service.ClientCertificate is not null, "client_certificate", report);
            MustBeNull(row, service.TlsVerify is not null, "tls_verify", report);
            MustBeNull(row, service.TlsVerifyDepth is not null, "tls_verify_depth", report);
            MustBeNull(row, service.CaCertificates is not null, "ca_certificates", report);
        }
        for (var i = 0; i < service.CaCertificates?.Count; i++)
            if (caCertificates.ById(service.CaCertificates[i]) is null)
                report.Error(row, $"ca_certificates[{i}]", $"there is no ca_certificate '{service.CaCertificates[i]}' in this document");
    }

    static void MustBeNull(Row row, bool isSet, string field, Report report)
    {
        if (isSet)
            report.Error(row, field, Conditional.Replace("{0}", row.Node.FindText("protocol") ?? "http", StringComparison.Ordinal));
    }
}
