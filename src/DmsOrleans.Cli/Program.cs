using DmsOrleans.Cli;
using DmsOrleans.Cli.Node;

using var interruption = Interruption.OfProcess();
return await new ConsoleProgram(Terminal.OfProcess(), EmbeddedNode.StartAsync, interruption).RunAsync(args);
