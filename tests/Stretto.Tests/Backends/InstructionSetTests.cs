using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Stretto.Tests.Backends;

/// <summary>That a run without some instructions really is one.</summary>
public sealed class InstructionSetTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void WhatIsSwitchedOffIsOff(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) == "0")
        {
            bool there = variable switch
            {
                "DOTNET_EnableAVX512" => Avx512F.IsSupported || Vector512.IsHardwareAccelerated,
                "DOTNET_EnableAVX2" => Avx2.IsSupported || Vector256.IsHardwareAccelerated,
                _ => Sse41.IsSupported || Fma.IsSupported || Vector128.IsHardwareAccelerated,
            };
            Assert.False(there, $"{variable}=0, but the instructions are still in use");
        }
    }
}
