#pragma once
/// The book of what was really sent, written by the simulator's thread and read by any.
/// Memory: at most 5,000 faults are listed: a demo of hours must not grow by what it did wrong.
#include "core/simulator/channelfault.h"
#include "core/simulator/scenario.h"
#include "core/simulator/simulator.h"

#include <mutex>

namespace framescope {

class LedgerBook
{
public:
    static constexpr std::size_t mostFaults = 5'000;

    void addMessages(quint64 count, quint64 payloadBytes);
    void addConnection();
    void addToken();
    /// Of the stream: what it causes is an event, and it has no place in a message.
    void addFault(Fault fault, quint64 frame);
    /// Of that message.
    void addFault(Fault fault, quint64 frame, FaultPlace place);
    /// For what one fault causes more than once, or apart from its message.
    void addEvent(Fault fault, QByteArray event);
    void addFault(const ChannelFaultInfo& fault);
    void addChannel();
    void addEvents(quint64 count);
    void addHeartbeat();
    void addRestRequest();
    void addSlowReader();
    void finish();
    [[nodiscard]] SimulatorLedger read() const;

private:
    void append(SentFault fault);

    mutable std::mutex m_mutex;
    SimulatorLedger m_ledger;
};

} // namespace framescope
