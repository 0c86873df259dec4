namespace Weir.Config.Tests;

public sealed class EntityChecksTests
{
    [Theory]
    [InlineData("services: [{name: a, host: a.test, protocol: tcp, path: /x}]", "path: failed conditional validation given value of field 'protocol'")]
    [InlineData("services: [{name: a, host: a.test, protocol: grpc, path: /x}]", "path: failed conditional validation")]
    [InlineData("services: [{name: a, host: a.test, tls_verify: true}]",
        "tls_verify: failed conditional validation given value of field 'protocol': value must be null when 'protocol' is 'http'")]
    [InlineData("services: [{name: a, host: a.test, tls_verify_depth: 3}]", "tls_verify_depth: failed conditional validation")]
    [InlineData("services: [{name: a, host: 'a.test:80'}]", "host: must not have a port")]
    [InlineData("services: [{name: a, host: 'a b'}]", "host: invalid value: a b")]
    [InlineData("services: [{name: a, host: ''}]", "host: length must be at least 1")]
    [InlineData("services: [{name: a, host: a.test, path: x}]", "path: should start with: /")]
    [InlineData("services: [{name: a, host: a.test, read_timeout: 0}]", "read_timeout: value should be between 1 and 2147483646")]
    [InlineData("services: [{name: a, host: a.test, retries: 99999999999999999999}]", "retries: value should be between 0 and 32767")]
    [InlineData("upstreams: [{name: 10.0.0.1}]", "name: Invalid name ('10.0.0.1'); no ip addresses allowed")]
    [InlineData("upstreams: [{name: 'a.test:80'}]", "name: Invalid name ('a.test:80'); no port allowed")]
    [InlineData("upstreams: [{name: 'a b'}]", "name: Invalid name ('a b'); must be a valid hostname")]
    [InlineData("upstreams: [{name: u, hash_on: header}]", "hash_on_header: required field missing")]
    [InlineData("upstreams: [{name: u, hash_on: cookie}]", "hash_on_cookie: required field missing")]
    [InlineData("upstreams: [{name: u, hash_on: query_arg}]", "hash_on_query_arg: required field missing")]
    [InlineData("upstreams: [{name: u, hash_on: uri_capture}]", "hash_on_uri_capture: required field missing")]
    [InlineData("upstreams: [{name: u, hash_on: ip, hash_fallback: header}]", "hash_fallback_header: required field missing")]
    [InlineData("upstreams: [{name: u, hash_on: ip, hash_fallback: ip}]", "hash_fallback: failed conditional validation given value of field 'hash_on'")]
    [InlineData("upstreams: [{name: u, hash_on: cookie, hash_on_cookie: c, hash_fallback: ip}]",
        "hash_fallback: failed conditional validation given value of field 'hash_on'")]
    [InlineData("upstreams: [{name: u, hash_fallback: ip}]", "hash_fallback: failed conditional validation given value of field 'hash_on'")]
    [InlineData("upstreams: [{name: u, hash_on: header, hash_on_header: A, hash_fallback: header, hash_fallback_header: a}]",
        "hash_fallback_header: values of these fields must be distinct: 'hash_on_header', 'hash_fallback_header'")]
    [InlineData("upstreams: [{name: u, slots: 5}]", "slots: value should be between 10 and 65536")]
    [InlineData("upstreams: [{name: u, host_header: 'a b'}]", "host_header: invalid value: a b")]
    [InlineData("upstreams: [{name: u, healthchecks: {threshold: 101}}]", "healthchecks.threshold: value should be between 0 and 100")]
    [InlineData("upstreams: [{name: u, healthchecks: {active: {unhealthy: {http_statuses: [99]}}}}]",
        "healthchecks.active.unhealthy.http_statuses[0]: value should be between 100 and 999")]
    [InlineData("upstreams: [{name: u, targets: [{target: 'a b'}]}]", "target: Invalid target ('a b'); not a valid hostname or ip address")]
    [InlineData("upstreams: [{name: u, targets: [{target: 'a.test:0'}]}]", "target: Invalid target ('a.test:0')")]
    [InlineData("upstreams: [{name: u, targets: [{target: 1.2.3.400}]}]", "target: Invalid target ('1.2.3.400')")]
    [InlineData("upstreams: [{name: u, targets: [{target: a.test, weight: 65536}]}]", "weight: value should be between 0 and 65535")]
    [InlineData("targets: [{target: a.test}]", "target 'a.test': upstream: required field missing")]
    [InlineData("consumers: [{tags: [a]}]", "at least one of these fields must be non-empty: 'custom_id', 'username'")]
    [InlineData("keyauth_credentials: [{key: a}]", "consumer: required field missing")]
    [InlineData("consumers: [{username: a, jwt_secrets: [{key: k, algorithm: RS256}]}]", "rsa_public_key: required field missing")]
    [InlineData("consumers: [{username: a, jwt_secrets: [{key: k, algorithm: RS256, rsa_public_key: x}]}]", "rsa_public_key: invalid key")]
    [InlineData("consumers: [{username: a, jwt_secrets: [{key: k, algorithm: XX}]}]", "algorithm: expected one of: HS256")]
    [InlineData("consumers: [{username: a, basicauth_credentials: [{username: a}]}]", "password: required field missing")]
    [InlineData("vaults: [{name: konnect, prefix: my-vault}]", "name: Weir does not support the vault 'konnect' yet; it has: env, file, hcv")]
    [InlineData("vaults: [{name: hcv, prefix: my-vault}]", "config.token: required field missing: auth_method token needs it")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {auth_method: kubernetes}}]", "config.kube_role: required field missing")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {auth_method: approle, approle_role_id: a}}]", "config.approle_secret_id: required field missing")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {auth_method: jwt}}]", "config.oauth2_client_secret: required field missing")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {auth_method: cert}}]", "config.protocol: expected https")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {auth_method: azure}}]", "config.auth_method: Weir does not support this way yet")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {auth_method: magic}}]", "config.auth_method: expected one of: token")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {token: a, kv: v3}}]", "config.kv: expected one of: v1, v2")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {token: a, port: 70000}}]", "config.port: value should be between 1 and 65535")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {token: a, host: 'http://vault'}}]", "config.host: ")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {token: a, ttl: -1}}]", "config.ttl: value should be between 0 and")]
    [InlineData("vaults: [{name: hcv, prefix: hv, config: {token: a, ca_certificate: none}}]", "config.ca_certificate: ")]
    [InlineData("vaults: [{name: aws, prefix: my-aws, config: {endpoint_url: nowhere}}]", "config.endpoint_url: ")]
    [InlineData("vaults: [{name: gcp, prefix: my-gcp}]", "config.project_id: required field missing")]
    [InlineData("vaults: [{name: azure, prefix: my-azure, config: {type: keys}}]", "config.vault_uri: required field missing")]
    [InlineData("vaults: [{name: azure, prefix: az, config: {vault_uri: 'https://v', type: keys}}]", "config.type: expected one of: secrets")]
    [InlineData("vaults: [{name: conjur, prefix: cj, config: {endpoint_url: 'https://c', account: a, login: b}}]", "config.api_key: required field missing")]
    [InlineData("vaults: [{name: nope, prefix: my-vault}]", "name: vault 'nope' is not installed")]
    [InlineData("vaults: [{name: env, prefix: My}]", "prefix: invalid value: My")]
    [InlineData("vaults: [{name: env, prefix: env}]", "prefix: must not be one of: env, file")]
    [InlineData("vaults: [{name: env, prefix: my-env, config: {prefx: a}}]", "config.prefx: unknown field; did you mean 'prefix'?")]
    [InlineData("vaults: [{name: file, prefix: my-files}]", "config.directory: required field missing")]
    [InlineData("keys: [{name: k, kid: k}]", "exactly one of these fields must be non-empty: 'jwk', 'pem'")]
    [InlineData("keys: [{name: k, kid: k, jwk: '{}', pem: {public_key: x}}]", "exactly one of these fields must be non-empty: 'jwk', 'pem'")]
    [InlineData("keys: [{name: k, kid: k, jwk: '{\"kty\":\"oct\",\"kid\":\"j\"}'}]", "jwk: the 'kid' in the JWK must equal the field 'kid', 'k'")]
    [InlineData("keys: [{name: k, kid: k, jwk: 'x'}]", "jwk: could not load JWK: not valid JSON")]
    [InlineData("keys: [{name: k, kid: k, jwk: '[]'}]", "jwk: could not load JWK: an object with 'kty' is expected")]
    [InlineData("keys: [{name: k, kid: k, pem: {}}]", "pem: at least one of these fields must be non-empty: 'private_key', 'public_key'")]
    [InlineData("keys: [{name: k, kid: k, pem: {public_key: x}}]", "pem.public_key: could not load public key")]
    [InlineData("keys: [{name: a, kid: k, jwk: '{\"kty\":\"oct\",\"kid\":\"k\",\"k\":\"AA\"}'}, "
        + "{name: b, kid: k, jwk: '{\"kty\":\"oct\",\"kid\":\"k\",\"k\":\"AA\"}'}]",
        "kid: must be unique in its set")]
    [InlineData("snis: [{name: a.test}]", "certificate: required field missing")]
    [InlineData("certificates: [{cert: x, key: y}]", "cert: invalid certificate: expected a PEM certificate")]
    [InlineData("ca_certificates: [{cert: x}]", "cert: invalid certificate: expected a PEM certificate")]
    public void Reports_what_is_wrong_with_an_entity(string yaml, string message) =>
        Assert.Contains(Yaml.Problems(yaml), problem => problem.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("a.test", "a.test:8000")]
    [InlineData("a.test:80", "a.test:80")]
    [InlineData("10.0.0.1", "10.0.0.1:8000")]
    [InlineData("::1", "[::1]:8000")]
    [InlineData("[::1]:80", "[::1]:80")]
    [InlineData("[::1]", "[::1]:8000")]
    [InlineData("_http._tcp.a.test", "_http._tcp.a.test:8000")]
    public void Targets_get_an_explicit_port(string target, string expected) =>
        Assert.Equal(expected, Yaml.Read($"upstreams: [{{name: u, targets: [{{target: '{target}'}}]}}]").Targets[0].Target);

    static string Certificate(string cert, string key, string more = "") =>
        $"certificates:\n- id: 58076db2-28b6-423b-ba39-a797193017f7\n  cert: {Yml(cert)}\n  key: {Yml(key)}\n{more}";

    static string Yml(string pem) => Certificates.Block(pem, 4);

    [Fact]
    public void Takes_a_certificate_with_its_key_and_a_second_of_another_type()
    {
        var (rsa, ecdsa) = (Certificates.Rsa, Certificates.Ecdsa);
        Assert.Empty(Yaml.Problems(Certificate(rsa.Cert, rsa.Key, $"  cert_alt: {Yml(ecdsa.Cert)}\n  key_alt: {Yml(ecdsa.Key)}\n")));
    }

    [Fact]
    public void Refuses_a_key_that_is_not_the_certificates() =>
        Assert.EndsWith(
            "key: certificate does not match key",
            Yaml.Problem(Certificate(Certificates.Rsa.Cert, Certificates.Other.Key)),
            StringComparison.Ordinal);

    [Fact]
    public void Refuses_half_of_a_second_certificate() =>
        Assert.EndsWith("all or none of these fields must be set: 'cert_alt', 'key_alt'",
            Yaml.Problem(Certificate(Certificates.Rsa.Cert, Certificates.Rsa.Key, $"  cert_alt: {Yml(Certificates.Ecdsa.Cert)}\n")), StringComparison.Ordinal);

    [Fact]
    public void Refuses_a_second_certificate_of_the_same_type() =>
        Assert.Contains("cert_alt: must have another type of key than cert",
            Yaml.Problem(Certificate(
                Certificates.Rsa.Cert,
                Certificates.Rsa.Key,
                $"  cert_alt: {Yml(Certificates.Other.Cert)}\n  key_alt: {Yml(Certificates.Other.Key)}\n")),
            StringComparison.Ordinal);

    [Fact]
    public void Server_names_are_unique_over_all_certificates() =>
        Assert.Contains("sni 'a.test' of certificate '58076db2-28b6-423b-ba39-a797193017f7': name: must be unique",
            Yaml.Problem(Certificate(Certificates.Rsa.Cert, Certificates.Rsa.Key, "  snis: [{name: a.test}, {name: a.test}]\n")), StringComparison.Ordinal);

    [Fact]
    public void An_authority_gets_its_digest()
    {
        var document = Yaml.Read($"ca_certificates:\n- cert: {Yml(Certificates.Authority.Cert)}\n");
        Assert.Matches("^[0-9a-f]{64}$", document.CaCertificates[0].CertDigest);
    }

    [Fact]
    public void Refuses_an_authority_that_is_none() =>
        Assert.Contains(
            "missing the \"CA\" basic constraint",
            Yaml.Problem($"ca_certificates:\n- cert: {Yml(Certificates.Rsa.Cert)}\n"),
            StringComparison.Ordinal);

    [Fact]
    public void Refuses_two_certificates_where_one_authority_belongs() =>
        Assert.Contains("please submit only one certificate at a time",
            Yaml.Problem($"ca_certificates:\n- cert: {Yml(Certificates.Authority.Cert + "\n" + Certificates.Rsa.Cert)}\n"), StringComparison.Ordinal);

    [Fact]
    public void Warns_about_an_authority_that_has_expired()
    {
        var result = Yaml.Try($"ca_certificates:\n- cert: {Yml(Certificates.Expired.Cert)}\n");
        Assert.Contains("certificate expired", Assert.Single(result.Problems).Message, StringComparison.Ordinal);
        Assert.NotNull(result.Document);
    }

    [Fact]
    public void Refuses_keys_that_do_not_belong_together()
    {
        var other = System.Security.Cryptography.RSA.Create(2048).ExportSubjectPublicKeyInfoPem();
        var (secret, open) = (Certificates.Block(Certificates.Rsa.Key, 6), Certificates.Block(other, 6));
        var yaml = $"keys:\n- name: k\n  kid: k\n  pem:\n    private_key: {secret}\n    public_key: {open}\n";
        Assert.EndsWith("pem: public key does not match private key", Yaml.Problem(yaml), StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_at_most_the_limit_and_counts_the_rest()
    {
        var services = string.Join('\n', Enumerable.Range(0, 50).Select(i => $"- name: s{i}"));
        var problems = Yaml.Problems("services:\n" + services, Samples.Options with { Limits = new ReadLimits { ProblemsMax = 10 } });
        Assert.Equal(11, problems.Length);
        Assert.Equal("kong.yaml: 40 more problems are not listed", problems[10]);
    }

    [Fact]
    public void Any_number_of_warnings_hides_no_error_and_refuses_nothing()
    {
        var routes = string.Concat(Enumerable.Range(0, 50).Select(i => $"- {{name: r{i}, protocols: [tcp], destinations: [{{port: {i + 1}}}]}}\n"));
        var options = Samples.Options with { Limits = new ReadLimits { ProblemsMax = 10 } };
        var warned = Yaml.Try("routes:\n" + routes, options);
        Assert.NotNull(warned.Document);
        Assert.All(warned.Problems, problem => Assert.Equal(Severity.Warning, problem.Severity));
        Assert.Equal("kong.yaml: warning: 40 more warnings are not listed", warned.Problems[^1].ToString());
        var refused = Yaml.Problems("routes:\n" + routes + "- {name: last, colour: red, paths: [/]}", options);
        Assert.Contains(refused, problem => problem.EndsWith("route 'last': colour: unknown field", StringComparison.Ordinal));
    }
}
