#include "core/simulator/simulator.h"

#include <QThread>

namespace framescope {

struct SimulatorThread::Private
{
    explicit Private(SimulatorOptions options)
        : simulator(std::move(options))
    {
    }

    // The simulator outlives its thread, so that the ledger can be read to the end.
    Simulator simulator;
    QThread thread;
};

SimulatorThread::SimulatorThread(SimulatorOptions options)
    : d(std::make_unique<Private>(std::move(options)))
{
    d->thread.setObjectName(QStringLiteral("simulator"));
    d->simulator.moveToThread(&d->thread);
}

SimulatorThread::~SimulatorThread()
{
    stop();
}

Expected<SimulatorThread::Endpoint> SimulatorThread::start()
{
    d->thread.start();
    Expected<quint16> port;
    QMetaObject::invokeMethod(
        &d->simulator, [this, &port] { port = d->simulator.start(); }, Qt::BlockingQueuedConnection);
    if (!port) {
        stop();
        return tl::unexpected<Error>(port.error());
    }
    return Endpoint{d->simulator.tokenUrl(),     d->simulator.streamUrl(),  d->simulator.clientId(),
                    d->simulator.clientSecret(), d->simulator.gatewayUrl(), d->simulator.topics(),
                    d->simulator.allTopics()};
}

void SimulatorThread::stop()
{
    if (!d->thread.isRunning())
        return;
    QMetaObject::invokeMethod(
        &d->simulator, [this] { d->simulator.stop(); }, Qt::BlockingQueuedConnection);
    d->thread.quit();
    d->thread.wait();
}

void SimulatorThread::inject(ChannelFault fault)
{
    d->simulator.inject(fault);
}

SimulatorLedger SimulatorThread::ledger() const
{
    return d->simulator.ledger();
}

} // namespace framescope
