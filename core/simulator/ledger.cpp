#include "core/simulator/ledger.h"

namespace framescope {

void LedgerBook::addMessages(quint64 count, quint64 payloadBytes)
{
    const std::lock_guard lock(m_mutex);
    m_ledger.messages += count;
    m_ledger.bytes += payloadBytes;
}

void LedgerBook::addConnection()
{
    const std::lock_guard lock(m_mutex);
    ++m_ledger.connections;
}

void LedgerBook::addToken()
{
    const std::lock_guard lock(m_mutex);
    ++m_ledger.tokensIssued;
}

void LedgerBook::addFault(Fault fault, quint64 frame)
{
    const FaultInfo& info = faultInfo(fault);
    append({info.name, info.finding, info.event, frame, std::nullopt});
}

/// An event that it has is caused apart from the message: see addEvent().
void LedgerBook::addFault(Fault fault, quint64 frame, FaultPlace place)
{
    const FaultInfo& info = faultInfo(fault);
    append({info.name, info.finding, {}, frame, std::move(place)});
}

void LedgerBook::addEvent(Fault fault, QByteArray event)
{
    append({faultInfo(fault).name, {}, std::move(event), 0, std::nullopt});
}

void LedgerBook::addFault(const ChannelFaultInfo& fault)
{
    append({fault.name, {}, fault.event, 0, std::nullopt});
}

void LedgerBook::append(SentFault fault)
{
    const std::lock_guard lock(m_mutex);
    ++m_ledger.faultCount;
    if (m_ledger.faults.size() < mostFaults)
        m_ledger.faults.push_back(std::move(fault));
}

void LedgerBook::addChannel()
{
    const std::lock_guard lock(m_mutex);
    ++m_ledger.channels;
}

void LedgerBook::addEvents(quint64 count)
{
    const std::lock_guard lock(m_mutex);
    m_ledger.events += count;
}

void LedgerBook::addHeartbeat()
{
    const std::lock_guard lock(m_mutex);
    ++m_ledger.heartbeats;
}

void LedgerBook::addRestRequest()
{
    const std::lock_guard lock(m_mutex);
    ++m_ledger.restRequests;
}

void LedgerBook::addSlowReader()
{
    const std::lock_guard lock(m_mutex);
    ++m_ledger.slowReaders;
}

void LedgerBook::finish()
{
    const std::lock_guard lock(m_mutex);
    m_ledger.finished = true;
}

SimulatorLedger LedgerBook::read() const
{
    const std::lock_guard lock(m_mutex);
    return m_ledger;
}

} // namespace framescope
