#pragma once
/// All findings of the session by rule. A double click or Enter shows only the frames with that finding.
/// Thread: gui.
#include "core/metrics/metricssnapshot.h"

#include <QWidget>

class QLabel;
class QStackedWidget;
class QTableView;

namespace framescope {

class FindingsModel;

class FindingsPane : public QWidget
{
    Q_OBJECT

public:
    explicit FindingsPane(QWidget* parent = nullptr);

    /// Null: no session.
    void setMetrics(const MetricsSnapshotPtr& metrics);

Q_SIGNALS:
    void filterRequested(const QString& expression);

private:
    FindingsModel* m_model;
    QTableView* m_table;
    QLabel* m_empty;
    QStackedWidget* m_pages;
};

} // namespace framescope
