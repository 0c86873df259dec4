namespace Weir.Config.Tests;

public sealed class RouteChecksTests
{
    static string[] Problems(string fields) => [.. Yaml.Try($"routes: [{{name: r, {fields}}}]").Problems
        .Where(static problem => problem.Severity == Severity.Error).Select(static problem => problem.ToString())];

    [Theory]
    [InlineData("paths: [/a, '~/b/\\d+$', '~/(?P<id>x)', '/a%2Fb', /a/b/]")]
    [InlineData("hosts: ['a.test', '*.a.test', 'a.*', 'a.test:8080', '*.a.test:80', '10.0.0.1', '[::1]:80', 'a_b.test']")]
    [InlineData("methods: [GET, PROPFIND]")]
    [InlineData("headers: {x-a: [b, c], x-d: ['~*^a.*']}")]
    [InlineData("snis: [a.test, '*.a.test', 'a.*', '*']")]
    [InlineData("protocols: [grpc], paths: [/]")]
    [InlineData("protocols: [grpcs], snis: [a.test]")]
    [InlineData("protocols: [ws, wss], paths: [/]")]
    [InlineData("paths: [/], https_redirect_status_code: 301, path_handling: v1, strip_path: false, regex_priority: -3")]
    public void Takes_good_routes(string fields) => Yaml.Read($"routes: [{{name: r, {fields}}}]");

    [Theory]
    [InlineData("protocols: [tcp, udp], destinations: [{port: 80}], sources: [{ip: 10.0.0.0/8}]")]
    [InlineData("protocols: [tls], snis: [a.test]")]
    [InlineData("protocols: [tls_passthrough], snis: [a.test]")]
    public void Warns_of_stream_routes_which_never_match(string fields)
    {
        var result = Yaml.Try($"routes: [{{name: r, {fields}}}]");
        Assert.Single(result.Document!.Routes);
        Assert.Equal("kong.yaml:2:31: warning: route 'r': protocols: stream protocols are not served yet; this route will never match",
            Assert.Single(result.Problems).ToString());
    }

    [Theory]
    [InlineData("tags: [a]", "route 'r': must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'")]
    [InlineData("protocols: [http]", "must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'")]
    [InlineData("protocols: [http], paths: []", "must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'")]
    [InlineData("protocols: [grpc]", "must set one of 'hosts', 'headers', 'paths' when 'protocols' is 'grpc'")]
    [InlineData("protocols: [grpcs]", "must set one of 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'grpcs'")]
    [InlineData("protocols: [tcp]", "must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'")]
    [InlineData("protocols: [tls_passthrough]", "must set one of 'snis' when 'protocols' is 'tls_passthrough'")]
    [InlineData("protocols: [], paths: [/]", "protocols: length must be at least 1")]
    [InlineData("protocols: [http, tcp], paths: [/]",
        "protocols: these sets are mutually exclusive: ('http', 'https'), ('tcp', 'tls', 'udp'), ('tls_passthrough')")]
    [InlineData("protocols: [grpc], paths: [/], methods: [GET]", "methods: cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'")]
    [InlineData("protocols: [grpc], paths: [/], strip_path: true", "strip_path: cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'")]
    [InlineData("protocols: [http], paths: [/], snis: [a.test]",
        "snis: 'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'")]
    [InlineData("protocols: [tcp], destinations: [{port: 1}], paths: [/]",
        "paths: cannot set 'paths' when 'protocols' is 'tcp', 'tls', 'tls_passthrough' or 'udp'")]
    [InlineData("paths: [/], sources: [{port: 1}]", "sources: cannot set 'sources' when 'protocols' is")]
    [InlineData("protocols: [tcp], sources: [{}]", "sources[0]: at least one of these fields must be non-empty: 'ip', 'port'")]
    [InlineData("protocols: [tcp], sources: [{ip: 1.2.3}]", "sources[0].ip: invalid ip or cidr range: '1.2.3'")]
    [InlineData("paths: [a]", "paths[0]: should start with: / (fixed path) or ~/ (regex path)")]
    [InlineData("paths: [~a]", "paths[0]: should start with: / (fixed path) or ~/ (regex path)")]
    [InlineData("paths: [/a//b]", "paths[0]: must not have empty segments")]
    [InlineData("paths: ['/a b']", "paths[0]: invalid path: '/a b' (characters outside of the reserved list of RFC 3986 found)")]
    [InlineData("paths: ['/a%zz']", "paths[0]: invalid url-encoded value: '%zz'")]
    [InlineData("paths: ['/a%2']", "paths[0]: invalid url-encoded value: '%2'")]
    [InlineData("paths: [/a/../b]", "paths[0]: non-normalized path, consider use '/b' instead")]
    [InlineData("paths: ['/%61']", "paths[0]: non-normalized path, consider use '/a' instead")]
    [InlineData("paths: ['/a%2fb']", "paths[0]: non-normalized path, consider use '/a%2Fb' instead")]
    [InlineData("paths: ['~/(a']", "paths[0]: invalid regex: '/(a'")]
    [InlineData("paths: ['~/(?=a)b']",
        "paths[0]: invalid regex: '/(?=a)b' (look-around, or another kind of group, at position")]
    [InlineData("paths: ['~/(a)\\1']", "a back-reference or octal escape at position 6 is not supported")]
    [InlineData("paths: ['~/(?<!a)b']", "look-around, or another kind of group, at position")]
    [InlineData("paths: ['~/(a{900}){900}']", "it is too large: more than")]
    [InlineData("hosts: ['a.*.test']", "hosts[0]: invalid wildcard: must be placed at leftmost or rightmost label")]
    [InlineData("hosts: ['*.a.*']", "hosts[0]: invalid wildcard: must have at most one wildcard")]
    [InlineData("hosts: ['a.test:99999']", "hosts[0]: invalid value: a.test:99999")]
    [InlineData("hosts: ['a b']", "hosts[0]: invalid value: a b")]
    [InlineData("methods: [get]", "methods[0]: invalid value: get")]
    [InlineData("headers: {Host: [a]}", "headers.Host: cannot contain 'host' header, which must be specified in the 'hosts' attribute")]
    [InlineData("headers: {'x y': [a]}", "headers.x y: bad header name 'x y'")]
    [InlineData("headers: {x: []}", "headers.x: length must be at least 1")]
    [InlineData("headers: {x: a}", "headers.x: expected an array, found the text \"a\"")]
    [InlineData("headers: {x: ['~*(']}", "headers.x[0]: invalid regex: '('")]
    [InlineData("paths: [/], https_redirect_status_code: 303", "https_redirect_status_code: expected one of: 426, 301, 302, 307, 308")]
    [InlineData("snis: ['a.*.b']", "snis[0]: wildcard must be leftmost or rightmost character")]
    [InlineData("snis: ['*.a.*']", "snis[0]: only one wildcard must be specified")]
    [InlineData("snis: [10.0.0.1]", "snis[0]: must not be an IP")]
    [InlineData("snis: ['a.test:80']", "snis[0]: must not have a port")]
    [InlineData("expression: 'http.path == \"/\"'", "expression: Weir does not support expression routes yet")]
    [InlineData("paths: [/], id: 5", "id: expected a string, found the number 5")]
    [InlineData("paths: [/], id: abc", "id: expected a valid UUID")]
    [InlineData("paths: [/], tags: ['a,b']", "tags[0]: invalid tag 'a,b'")]
    public void Refuses_bad_routes(string fields, string message) => Assert.Contains(message, Assert.Single(Problems(fields)), StringComparison.Ordinal);

    [Fact]
    public void Refuses_endless_regular_expressions()
    {
        var problem = Assert.Single(Problems($"paths: ['~/{new string('(', 20_000)}']"));
        Assert.Contains("invalid regex: longer than 10000 characters", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    public void Refuses_bad_names(string name) => Assert.Contains(
        $"name: invalid value '{name}': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
        Yaml.Problem($"routes: [{{name: '{name}', paths: [/]}}]"), StringComparison.Ordinal);

    [Fact]
    public void Takes_names_beyond_ASCII() => Assert.Equal("größe.~_-1", Yaml.Read("routes: [{name: größe.~_-1, paths: [/]}]").Routes[0].Name);
}
