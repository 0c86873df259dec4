using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Weir.Bench.Micro;

/// <summary>One benchmark method, ready to run in a loop that allocates nothing itself.</summary>
abstract class Operation : IDisposable
{
    Action? _cleanUp;

    /// <summary>Runs it some times.</summary>
    public abstract void Run(int count);

    public void Dispose() => _cleanUp?.Invoke();

    /// <summary>The benchmark <c>Class.Method</c> with its set-up done, or null when there is none.</summary>
    public static Operation? Find(string name)
    {
        var dot = name.LastIndexOf('.');
        var type = dot < 0 ? null : typeof(Operation).Assembly.GetType($"{typeof(Operation).Namespace}.{name[..dot]}");
        if (type?.GetMethod(name[(dot + 1)..]) is not { } method || method.GetCustomAttribute<BenchmarkAttribute>() is null)
            return null;
        if (method.GetParameters().Length > 0)
            throw new NotSupportedException($"{name} takes arguments; use [Params] for a benchmark with a budget");

        var target = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties())
        {
            if (property.GetCustomAttribute<ParamsAttribute>() is { } parameters)
                property.SetValue(target, parameters.Values[0]);
        }

        Call<GlobalSetupAttribute>(target);
        var operation = Of(method, target);
        operation._cleanUp = () => Call<GlobalCleanupAttribute>(target);
        return operation;
    }

    static void Call<TAttribute>(object target) where TAttribute : Attribute
    {
        foreach (var method in target.GetType().GetMethods().Where(static method => method.GetCustomAttribute<TAttribute>() is not null))
            (method.Invoke(target, null) as Task)?.GetAwaiter().GetResult();
    }

    /// <summary>Delegates of the exact type: reflection would box every result.</summary>
    static Operation Of(MethodInfo method, object target)
    {
        var result = method.ReturnType;
        if (result == typeof(void))
            return new Plain(method.CreateDelegate<Action>(target));
        if (result.IsAssignableTo(typeof(Task)))
            return new Async(method.CreateDelegate<Func<Task>>(target));
        if (result == typeof(ValueTask))
            return new ValueAsync(method.CreateDelegate<Func<ValueTask>>(target));
        var isValueTask = result.IsGenericType && result.GetGenericTypeDefinition() == typeof(ValueTask<>);
        var shape = isValueTask ? typeof(ValueAsync<>).MakeGenericType(result.GetGenericArguments()) : typeof(Returning<>).MakeGenericType(result);
        return (Operation)Activator.CreateInstance(shape, method.CreateDelegate(typeof(Func<>).MakeGenericType(result), target))!;
    }

    sealed class Plain(Action body) : Operation
    {
        public override void Run(int count)
        {
            for (var i = 0; i < count; i++)
                body();
        }
    }

    sealed class Returning<T>(Func<T> body) : Operation
    {
        public override void Run(int count)
        {
            for (var i = 0; i < count; i++)
                _ = body();
        }
    }

    sealed class Async(Func<Task> body) : Operation
    {
        public override void Run(int count) => RunAsync(count).GetAwaiter().GetResult();

        async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
                await body();
        }
    }

    sealed class ValueAsync(Func<ValueTask> body) : Operation
    {
        public override void Run(int count) => RunAsync(count).GetAwaiter().GetResult();

        async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
                await body();
        }
    }

    sealed class ValueAsync<T>(Func<ValueTask<T>> body) : Operation
    {
        public override void Run(int count) => RunAsync(count).GetAwaiter().GetResult();

        async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
                _ = await body();
        }
    }
}
