#include "app/cli/commands.h"
#include "app/cli/exitcode.h"
#include "app/cli/signalwatcher.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "core/simulator/simulator.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <cmath>

namespace framescope::cli {

namespace {

const QString simulateCommandName = QStringLiteral("simulate");

QByteArray scenarioList()
{
    QByteArray text;
    for (const ScenarioInfo& scenario : Simulator::scenarios()) {
        text += scenario.name.toUtf8().leftJustified(24) + scenario.summary.toUtf8() + '\n';
        for (const QString& fault : scenario.faults)
            text += QByteArray(26, ' ') + fault.toUtf8() + '\n';
    }
    return text;
}

std::optional<QString> readOptions(const QCommandLineParser& parser, SimulatorOptions& options)
{
    bool ok = true;
    if (parser.isSet(QStringLiteral("port")))
        options.port = parser.value(QStringLiteral("port")).toUShort(&ok);
    if (!ok)
        return QStringLiteral("--port takes a number from 0 (any free one) to 65535");
    if (parser.isSet(QStringLiteral("seed")))
        options.seed = parser.value(QStringLiteral("seed")).toULongLong(&ok);
    if (!ok)
        return QStringLiteral("--seed takes a whole number from 0");
    if (parser.isSet(QStringLiteral("rate"))) {
        options.rate = parser.value(QStringLiteral("rate")).toDouble(&ok);
        if (!ok || !std::isfinite(options.rate) || options.rate < 0)
            return QStringLiteral("--rate takes frames per second, from 0 (as fast as they are read)");
    }
    for (const auto& [name, number, most] :
         {std::tuple{"agents", &options.agents, 500}, {"queues", &options.queues, 200}}) {
        const QString option = QString::fromLatin1(name);
        if (parser.isSet(option))
            *number = parser.value(option).toInt(&ok);
        if (!ok || *number < 1 || *number > most)
            return QStringLiteral("--%1 takes a whole number from 1 to %2").arg(option).arg(most);
    }
    if (parser.isSet(QStringLiteral("scenario")))
        options.scenario = parser.value(QStringLiteral("scenario"));
    return std::nullopt;
}

/// As lines of a .env file, so that `simulate > .env` is all that `record` needs. The secret is made for this run and
/// opens nothing else: to print it here is what it is for.
QByteArray endpointLines(const Simulator& simulator)
{
    return "GATEWAY_URL=" + simulator.gatewayUrl().toEncoded() + "\nSTREAM_URL=" + simulator.streamUrl().toEncoded() +
           "\nTOKEN_URL=" + simulator.tokenUrl().toEncoded() + "\nGENESYS_CLIENT_ID=" + simulator.clientId() +
           "\nGENESYS_CLIENT_SECRET=" + simulator.clientSecret().reveal() + '\n';
}

/// The topics that this service is good for, one shell word each: those with '?' and '&' need their quotes.
QString topicList(const Simulator& simulator)
{
    QStringList words;
    for (const QByteArray& topic : simulator.topics())
        words += topic.contains('?') ? u'\'' + QString::fromUtf8(topic) + u'\'' : QString::fromUtf8(topic);
    return words.join(u' ');
}

} // namespace

int runSimulate(const QStringList& arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Serves OAuth, the direct stream GET /api/v2/streaming/interactions and, with a contact-centre scenario, the\n"
        "notification channels with their sockets on one loopback port, until a signal. Prints the URLs and its "
        "made-up\n"
        "credentials as lines of a .env file."));
    parser.addOptions(
        {{QStringLiteral("port"), QStringLiteral("Port to listen on; default: any free one."), QStringLiteral("N")},
         {QStringLiteral("scenario"), QStringLiteral("Which scenario; default 'demo'."), QStringLiteral("NAME")},
         {QStringLiteral("seed"), QStringLiteral("The same seed gives the same stream."), QStringLiteral("N")},
         {QStringLiteral("rate"), QStringLiteral("Frames per second; 0 is as fast as they are read."),
          QStringLiteral("N")},
         {QStringLiteral("agents"), QStringLiteral("Contact centre: how many agents; default 40."),
          QStringLiteral("N")},
         {QStringLiteral("queues"), QStringLiteral("Contact centre: how many queues; default 12."),
          QStringLiteral("N")},
         {QStringLiteral("list-scenarios"),
          QStringLiteral("Print the scenarios and the finding or event of each fault.")}});
    if (const std::optional<int> done =
            parseArguments(parser, simulateCommandName, QStringLiteral("[OPTIONS]"), arguments))
        return *done;
    if (!parser.positionalArguments().isEmpty())
        return usageError(simulateCommandName,
                          QStringLiteral("'%1' is not expected here").arg(parser.positionalArguments().first()));
    if (parser.isSet(QStringLiteral("list-scenarios"))) {
        OutputDevice().write(scenarioList());
        return ExitDone;
    }
    SimulatorOptions options;
    if (const std::optional<QString> problem = readOptions(parser, options))
        return usageError(simulateCommandName, *problem);

    SignalWatcher signalWatcher;
    QObject::connect(&signalWatcher, &SignalWatcher::interrupted, QCoreApplication::instance(),
                     [] { QCoreApplication::exit(ExitDone); });
    Simulator simulator(options);
    if (const Expected<quint16> port = simulator.start(); !port) {
        say(QStringLiteral("framescope-cli simulate: ") + inWords(port.error()), Tone::Bad);
        return port.error().code == ErrorCode::InvalidArgument ? ExitUsage : ExitFailure;
    }
    OutputDevice().write(endpointLines(simulator));
    say(QStringLiteral("Simulating '%1' until Ctrl+C. To watch it, with those lines in .env:").arg(options.scenario));
    if (simulator.topics().empty())
        say(QStringLiteral("  framescope-cli record --url %1 --token-url %2")
                .arg(simulator.streamUrl().toString(), simulator.tokenUrl().toString()));
    else
        say(QStringLiteral("  framescope-cli record --gateway %1 --notifications %2")
                .arg(simulator.gatewayUrl().toString(), topicList(simulator)));
    const int code = QCoreApplication::exec();
    const SimulatorLedger ledger = simulator.ledger();
    say(QStringLiteral("Sent %1 messages (%2) over %3 connections, %4 faults")
            .arg(grouped(ledger.messages), inBytes(ledger.bytes), grouped(ledger.connections),
                 grouped(ledger.faultCount)));
    return code;
}

} // namespace framescope::cli
