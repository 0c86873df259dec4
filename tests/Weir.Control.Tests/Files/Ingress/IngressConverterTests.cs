using Weir.Config;

namespace Weir.Control.Tests.Files;

public sealed class IngressConverterTests
{
    const string State = """
        services:
        - name: Orders_API
          url: https://orders.example:8443/v1
          plugins: [{name: key-auth, config: {key_names: [k]}, enabled: false}]
          routes:
          - {name: list, paths: [~/orders/\d+$, /all], hosts: [a.example], methods: [GET], strip_path: false, headers: {x-v: ["1"]}}
        consumers:
        - username: alice
          keyauth_credentials: [{key: secret}]
          groups: [{name: gold}]
        plugins: [{name: prometheus}]
        """;

    static IReadOnlyList<MapNode> Convert(string text, bool ingress) => Given.Clean(report =>
        IngressConverter.Convert(FileRenderer.Render([new FileSource("kong.yaml", text)], null, report)!, "kong", ingress, report));

    static MapNode Find(IReadOnlyList<MapNode> made, string kind) => made.Single(manifest => manifest.FindText("kind") == kind);

    [Fact]
    public void Makes_services_and_ingresses_with_annotations()
    {
        var made = Convert(State, ingress: true);
        Given.Same("""
            apiVersion: v1
            kind: Service
            metadata:
              name: orders-api
              annotations:
                konghq.com/protocol: https
                konghq.com/path: /v1
                konghq.com/connect-timeout: "60000"
                konghq.com/read-timeout: "60000"
                konghq.com/write-timeout: "60000"
                konghq.com/plugins: orders-api-key-auth
            spec:
              type: ExternalName
              externalName: orders.example
              ports: [{port: 8443, protocol: TCP, targetPort: 8443}]
            """, Find(made, "Service"));
        var ingress = Find(made, "Ingress");
        Assert.Equal("false", ((MapNode)((MapNode)ingress.Find("metadata")!).Find("annotations")!).FindText("konghq.com/strip-path"));
        Given.Same("""
            ingressClassName: kong
            rules:
            - host: a.example
              http:
                paths:
                - {path: '/~/orders/\d+$', pathType: ImplementationSpecific, backend: {service: {name: orders-api, port: {number: 8443}}}}
                - {path: /all, pathType: ImplementationSpecific, backend: {service: {name: orders-api, port: {number: 8443}}}}
            """, ingress.Find("spec")!);
    }

    [Fact]
    public void Makes_routes_of_the_gateway_api() => Given.Same("""
        parentRefs: [{name: kong}]
        hostnames: [a.example]
        rules:
        - matches:
          - {path: {type: RegularExpression, value: '/orders/\d+$'}, method: GET, headers: [{name: x-v, value: "1"}]}
          - {path: {type: PathPrefix, value: /all}, method: GET, headers: [{name: x-v, value: "1"}]}
          backendRefs: [{name: orders-api, kind: Service, port: 8443}]
        """, Find(Convert(State, ingress: false), "HTTPRoute").Find("spec")!);

    [Fact]
    public void Makes_plugins_consumers_and_secrets()
    {
        var made = Convert(State, ingress: false);
        Given.Same("""
            apiVersion: configuration.konghq.com/v1
            kind: KongPlugin
            metadata: {name: orders-api-key-auth, annotations: {kubernetes.io/ingress.class: kong}}
            plugin: key-auth
            config: {key_names: [k]}
            disabled: true
            """, Find(made, "KongPlugin"));
        Assert.Equal("true", SelectorSet.Of("$.metadata.labels.global").Select(Find(made, "KongClusterPlugin")).Single().Scalar());
        Given.Same("""
            apiVersion: configuration.konghq.com/v1
            kind: KongConsumer
            metadata: {name: alice, annotations: {kubernetes.io/ingress.class: kong}}
            username: alice
            credentials: [key-auth-alice-secret]
            consumerGroups: [gold]
            """, Find(made, "KongConsumer"));
        Given.Same("{key: secret}", Find(made, "Secret").Find("stringData")!);
    }

    [Fact]
    public void Says_what_has_no_manifest() => Assert.Equal(
        ["kong.yaml:1:1: warning: vaults: has no manifest here and is left out", "kong.yaml:2:10: warning: route 'r': belongs to no service and is left out"],
        Given.Problems(report => IngressConverter.Convert(Given.Map("vaults: []\nroutes: [{name: r}]"), "kong", false, report)));
}
