namespace Weir.Gateway.Tests;
